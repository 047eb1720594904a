#version 450
#extension GL_GOOGLE_include_directive : require
// dx = y (dy - Σ dy y) over each row, less the likeliest column's dy first: where its probability is near 1, 1 - y has no
// digits left. LANES invocations per row. Memory-bound: 12 bytes per element.

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

READS(0, gradient)
READS(1, probabilities)
WRITES(2, dx)
COUNTS(3)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = row * row_units;
  float best = -1.0;
  for (uint u = lane; u < row_units; u += LANES) best = max(best, largest_of(probabilities(start + u)));
  best = lanes_max(best);
  float base = -3.402823466e38;
  for (uint u = lane; u < row_units; u += LANES) {
    const bvec4 likeliest = equal(probabilities(start + u), vec4(best));
    base = max(base, largest_of(mix(vec4(-3.402823466e38), gradient(start + u), likeliest)));
  }
  base = lanes_max(base);
  vec4 total = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) {
    total = fma(gradient(start + u) - base, probabilities(start + u), total);
  }
  const float mean = lanes_sum(vec2(sum_of(total), 0.0)).x;
  if (own >= rows) return;
  for (uint u = lane; u < row_units; u += LANES) {
    put_dx(start + u, probabilities(start + u) * ((gradient(start + u) - base) - mean));
  }
}
