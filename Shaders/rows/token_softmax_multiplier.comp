#version 450
#extension GL_GOOGLE_include_directive : require
// dx = L (dy - Σ L dy / Σ L) over the candidates of each column of a sequence, L the logarithmic mean of the probabilities
// of x and of its partner; 0 at other tokens. LANES invocations per sequence. Memory-bound: 16 bytes per element.

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
#include "include/exponential.glsl"
#include "include/multipliers/logarithmic_mean.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 1) readonly buffer Candidates { uint candidates[]; };
READS(2, gradient)
READS(3, x)
READS(4, partner)
WRITES(5, dx)
COUNTS(6)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = offsets[row], end = offsets[row + 1];
  for (uint column = 0; column < row_units; column++) {
    vec4 top = vec4(-3.402823466e38), other_top = top;
    for (uint t = start + lane; t < end; t += LANES) {
      if (candidates[t] == 0) continue;
      top = max(top, x(t * row_units + column));
      other_top = max(other_top, partner(t * row_units + column));
    }
    top = lanes_max_of_columns(top);
    other_top = lanes_max_of_columns(other_top);
    vec4 sum = vec4(0.0), other_sum = vec4(0.0);
    for (uint t = start + lane; t < end; t += LANES) {
      if (candidates[t] == 0) continue;
      sum += exponential(x(t * row_units + column) - top);
      other_sum += exponential(partner(t * row_units + column) - other_top);
    }
    const vec4 log = top + logarithm(lanes_sum_of_columns(sum));
    const vec4 other_log = other_top + logarithm(lanes_sum_of_columns(other_sum));
    vec4 total = vec4(0.0), slopes = vec4(0.0);
    for (uint t = start + lane; t < end; t += LANES) {
      if (candidates[t] == 0) continue;
      const uint unit = t * row_units + column;
      const vec4 weight = logarithmic_mean(x(unit) - log, partner(unit) - other_log);
      total += weight;
      slopes = fma(weight, gradient(unit), slopes);
    }
    total = lanes_sum_of_columns(total);
    slopes = lanes_sum_of_columns(slopes);
    if (own >= rows) continue;
    for (uint t = start + lane; t < end; t += LANES) {
      const uint unit = t * row_units + column;
      const vec4 weight = logarithmic_mean(x(unit) - log, partner(unit) - other_log);
      put_dx(unit, candidates[t] == 0 ? vec4(0.0) : weight * (gradient(unit) - slopes / total));
    }
  }
}
