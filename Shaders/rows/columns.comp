#version 450
#extension GL_GOOGLE_include_directive : require
// Some columns of every row, side by side. Memory-bound: 8 bytes per element.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint input_row_units;
  uint first_unit;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

READS(0, x)
WRITES(1, y)
COUNTS(2)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row < rows) put_y(unit, x(row * input_row_units + first_unit + column));
}
