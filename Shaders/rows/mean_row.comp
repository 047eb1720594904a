#version 450
#extension GL_GOOGLE_include_directive : require
// The mean of each sequence's rows, in ascending order of tokens. Memory-bound: 4 bytes per element of x.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Offsets { uint offsets[]; };
READS(1, x)
WRITES(2, y)
COUNTS(3)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint start = offsets[row], end = offsets[row + 1];
  vec4 sum = vec4(0.0);
  for (uint t = start; t < end; t++) sum += x(t * row_units + column);
  put_y(unit, sum / float(end - start));
}
