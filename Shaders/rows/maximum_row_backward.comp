#version 450
#extension GL_GOOGLE_include_directive : require
// Each column's gradient at the token that its maximum is from, zeros elsewhere. Memory-bound: 4 bytes per element of
// dx.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 1) readonly buffer Sequences { uint sequences[]; };
READS(2, gradient)
READS(3, token)
WRITES(4, dx)
COUNTS(5)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint sequence = sequences[row], from = sequence * row_units + column;
  const vec4 here = vec4(float(row - offsets[sequence]));
  put_dx(unit, mix(vec4(0.0), gradient(from), equal(token(from), here)));
}
