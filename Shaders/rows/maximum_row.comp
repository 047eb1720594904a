#version 450
#extension GL_GOOGLE_include_directive : require
// The largest of each column over a sequence's tokens, NaN before all others, and the token that it is from, the first
// of several, counted in the sequence. Memory-bound: 4 bytes per element of x.

layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool TOKEN = true;

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
WRITES(3, token)
COUNTS(4)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint start = offsets[row], length = offsets[row + 1] - start;
  vec4 best = x(start * row_units + column), from = vec4(0.0);
  for (uint t = 1; t < length; t++) {
    const vec4 v = x((start + t) * row_units + column);
    for (uint i = 0; i < 4; i++) {
      if (v[i] > best[i] || (isnan(v[i]) && !isnan(best[i]))) {
        best[i] = v[i];
        from[i] = float(t);
      }
    }
  }
  put_y(unit, best);
  if (TOKEN) put_token(unit, from);
}
