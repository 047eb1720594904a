#version 450
#extension GL_GOOGLE_include_directive : require
// dx = dy - exp(y) Σ dy over each row, y the logarithms of probabilities; the column above 1/2, by the sums over all
// others, for near 1 its 1 - exp(y) has no digits left. LANES invocations per row. Memory-bound: 12 bytes per element.

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

READS(0, gradient)
READS(1, logarithms)
WRITES(2, dx)
COUNTS(3)

// ln 1/2: at most one column is more probable than that.
const float HALF = -0.693147181;

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = row * row_units;
  vec4 others = vec4(0.0), likely = vec4(0.0), probabilities = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 y = logarithms(start + u), dy = gradient(start + u) * occupied();
    const bvec4 above = greaterThan(y, vec4(HALF));
    others += mix(dy, vec4(0.0), above);
    likely += mix(vec4(0.0), dy, above);
    probabilities += mix(exponential(y), vec4(0.0), above) * occupied();
  }
  const vec2 gradients = lanes_sum(vec2(sum_of(others), sum_of(likely)));
  const float complement = lanes_sum(vec2(sum_of(probabilities), 0.0)).x;
  if (own >= rows) return;
  const float sum = gradients.x + gradients.y;
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 y = logarithms(start + u);
    const vec4 ordinary = gradient(start + u) - exponential(y) * sum;
    put_dx(start + u, mix(ordinary, vec4(fma(sum, complement, -gradients.x)), greaterThan(y, vec4(HALF))));
  }
}
