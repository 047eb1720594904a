#version 450
#extension GL_GOOGLE_include_directive : require
// The row that each sequence selects: y[b] = x[selected_rows[b]].

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer SelectedRows { uint selected_rows[]; };
READS(1, x)
WRITES(2, y)
COUNTS(3)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row < rows) put_y(unit, x(selected_rows[row] * row_units + column));
}
