#version 450
#extension GL_GOOGLE_include_directive : require
// dx = L (dy - Σ L dy / Σ L) over each row, L the logarithmic mean of the probabilities of x and of its partner.
// LANES invocations per row. Memory-bound: 16 bytes per element.

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
#include "include/exponential.glsl"
#include "include/multipliers/logarithmic_mean.glsl"

READS(0, gradient)
READS(1, x)
READS(2, partner)
WRITES(3, dx)
COUNTS(4)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = row * row_units;
  vec2 top = vec2(-3.402823466e38);
  for (uint u = lane; u < row_units; u += LANES) {
    top = max(top, vec2(largest_of(x(start + u)), largest_of(partner(start + u))));
  }
  top = vec2(lanes_max(top.x), lanes_max(top.y));
  vec4 sum = vec4(0.0), other = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) {
    sum += occupied() * exponential(x(start + u) - top.x);
    other += occupied() * exponential(partner(start + u) - top.y);
  }
  const vec2 sums = lanes_sum(vec2(sum_of(sum), sum_of(other)));
  const vec2 logs = top + vec2(logarithm(sums.x), logarithm(sums.y));
  vec4 total = vec4(0.0), slopes = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 weight = occupied() * logarithmic_mean(x(start + u) - logs.x, partner(start + u) - logs.y);
    total += weight;
    slopes = fma(weight, gradient(start + u), slopes);
  }
  const vec2 both = lanes_sum(vec2(sum_of(total), sum_of(slopes)));
  if (own >= rows) return;
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 weight = logarithmic_mean(x(start + u) - logs.x, partner(start + u) - logs.y);
    put_dx(start + u, weight * (gradient(start + u) - both.y / both.x));
  }
}
