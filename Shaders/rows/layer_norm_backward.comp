#version 450
#extension GL_GOOGLE_include_directive : require
// dx = r (g - mean(g) - n mean(g n)) with g = dy γ, n the normalised row, r its inverse deviation; r (g - mean(g)) where
// that is held. LANES invocations a row. Memory-bound: 12 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;
layout(constant_id = 3) const bool HELD = false;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  float width;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

READS(0, gradient)
READS(1, normalized)
layout(std430, set = 0, binding = 2) readonly buffer Deviations { float inverse_deviation[]; };
READS(3, gamma)
WRITES(4, dx)
COUNTS(5)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = row * row_units;
  vec4 total = vec4(0.0), projection = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 g = gradient(start + u) * gamma(u);
    total += g;
    if (!HELD) projection = fma(g, normalized(start + u), projection);
  }
  const vec2 means = lanes_sum(vec2(sum_of(total), sum_of(projection))) / width;
  if (own >= rows) return;
  const float r = inverse_deviation[row];
  for (uint u = lane; u < row_units; u += LANES) {
    const vec4 g = gradient(start + u) * gamma(u);
    if (HELD) put_dx(start + u, r * (g - means.x));
    else put_dx(start + u, r * (g - means.x - normalized(start + u) * means.y));
  }
}
