#version 450
#extension GL_GOOGLE_include_directive : require
// y = x times a factor for each of up to three equal parts of a row. Memory-bound: 8 bytes per element.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint part_units;
  float first;
  float second;
  float third;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

READS(0, x)
WRITES(1, y)
COUNTS(2)

void main() {
  const uint unit = invocation_index(), units = counts[extent] * row_units;
  if (unit >= units) return;
  const uint part = unit % row_units / part_units;
  put_y(unit, x(unit) * (part == 0 ? first : part == 1 ? second : third));
}
