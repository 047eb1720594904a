#version 450
#extension GL_GOOGLE_include_directive : require
// dx = y (dy - Σ dy y) over each column of a sequence, less the likeliest token's dy first: where its probability is
// near 1, 1 - y has no digits left. LANES invocations per sequence. Memory-bound: 12 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"
#include "include/column_reduction.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Offsets { uint offsets[]; };
READS(1, gradient)
READS(2, probabilities)
WRITES(3, dx)
COUNTS(4)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = offsets[row], end = offsets[row + 1];
  for (uint column = 0; column < row_units; column++) {
    vec4 best = vec4(-1.0);
    for (uint t = start + lane; t < end; t += LANES) best = max(best, probabilities(t * row_units + column));
    best = lanes_max_of_columns(best);
    vec4 base = vec4(-3.402823466e38);
    for (uint t = start + lane; t < end; t += LANES) {
      const vec4 other = max(base, gradient(t * row_units + column));
      base = mix(base, other, equal(probabilities(t * row_units + column), best));
    }
    base = lanes_max_of_columns(base);
    vec4 total = vec4(0.0);
    for (uint t = start + lane; t < end; t += LANES) {
      total = fma(gradient(t * row_units + column) - base, probabilities(t * row_units + column), total);
    }
    const vec4 mean = lanes_sum_of_columns(total);
    if (own >= rows) continue;
    for (uint t = start + lane; t < end; t += LANES) {
      const vec4 slope = (gradient(t * row_units + column) - base) - mean;
      put_dx(t * row_units + column, probabilities(t * row_units + column) * slope);
    }
  }
}
