#version 450
#extension GL_GOOGLE_include_directive : require
// y = x - max(x) - ln Σ exp(x - max(x)) over each row. LANES invocations per row. Memory-bound: 8 bytes per element.

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

READS(0, x)
WRITES(1, y)
COUNTS(2)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = row * row_units;
  float top = -3.402823466e38;
  for (uint u = lane; u < row_units; u += LANES) top = max(top, largest_of(x(start + u)));
  top = lanes_max(top);
  vec4 total = vec4(0.0);
  for (uint u = lane; u < row_units; u += LANES) total += exponential(x(start + u) - top) * occupied();
  const float log_of_sum = logarithm(lanes_sum(vec2(sum_of(total), 0.0)).x);
  if (own >= rows) return;
  for (uint u = lane; u < row_units; u += LANES) put_y(start + u, (x(start + u) - top) - log_of_sum);
}
