#version 450
#extension GL_GOOGLE_include_directive : require
// Each sequence's gradient over its length, at every one of its tokens. Memory-bound: 4 bytes per element of dx.

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
WRITES(3, dx)
COUNTS(4)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint sequence = sequences[row];
  put_dx(unit, gradient(sequence * row_units + column) / float(offsets[sequence + 1] - offsets[sequence]));
}
