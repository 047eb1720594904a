#version 450
#extension GL_GOOGLE_include_directive : require
// y = n γ + β with n = (s - mean(s)) r, r = 1 / sqrt(var(s) + ε) and s = x, or x + residual. LANES invocations per row.
// Memory-bound: 8 bytes per element, 4 more each for a residual and for saving n; later passes find a row in the cache.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;
layout(constant_id = 3) const bool RESIDUAL = false;
layout(constant_id = 4) const bool NORMALIZED = false;
layout(constant_id = 5) const bool DEVIATION = false;
layout(constant_id = 6) const bool BETA = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  float width;
  float epsilon;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

READS(0, x)
READS(1, residual)
READS(2, gamma)
READS(3, beta)
WRITES(4, y)
WRITES(5, normalized)
layout(std430, set = 0, binding = 6) writeonly buffer Deviations { float inverse_deviation[]; };
COUNTS(7)

vec4 summand(uint unit) {
  if (RESIDUAL) return x(unit) + residual(unit);
  return x(unit);
}

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = row * row_units;
  vec4 total = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) total += summand(start + u);
  const float mean = lanes_sum(vec2(sum_of(total), 0.0)).x / width;
  vec4 squares = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 d = (summand(start + u) - mean) * occupied();
    squares = fma(d, d, squares);
  }
  const float r = 1.0 / sqrt(lanes_sum(vec2(sum_of(squares), 0.0)).x / width + epsilon);
  if (own >= rows) return;
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 n = (summand(start + u) - mean) * r;
    if (NORMALIZED) put_normalized(start + u, n);
    if (BETA) put_y(start + u, fma(n, gamma(u), beta(u)));
    else put_y(start + u, n * gamma(u));
  }
  if (DEVIATION && lane == 0) inverse_deviation[row] = r;
}
