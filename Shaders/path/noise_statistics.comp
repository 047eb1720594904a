#version 450
#extension GL_GOOGLE_include_directive : require
// Σ v and Σ v² over each token row of one example, v a statistic over its noise samples of a = (x - x') g, g or |g|, each
// sum as two numbers whose sum it is. LANES invocations per row. Sample s of token t lies in row first + s * tokens + t.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint LANES = 32;
layout(constant_id = 2) const uint STATISTIC = 0;  // 0: mean, 1: mean of squares, 2: variance
layout(constant_id = 3) const uint REDUCTION = 0;  // 0: (x - x') g, 1: g, 2: |g|

layout(push_constant) uniform Push {
  uint tokens;
  uint width;
  uint first;
  uint samples;
  vec2 reciprocal;  // 1 / samples, as two numbers whose sum it is
  uint place;       // of the example's first row in the result
};

#include "include/invocation.glsl"
#include "include/compensated.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Inputs { float x[]; };
layout(std430, set = 0, binding = 1) readonly buffer Baselines { float baseline[]; };
layout(std430, set = 0, binding = 2) readonly buffer Gradients { float gradient[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Sums { vec4 sums[]; };

#include "include/token_reduction.glsl"

shared vec4 slots[GROUP];

vec2 sample_value(uint row, uint column, uint index) {
  return reduced_element((first + index * tokens + row) * width + column);
}

vec2 statistic(uint row, uint column) {
  vec2 value = vec2(0.0);
  for (uint s = 0; s < samples; s++) {
    const vec2 a = sample_value(row, column, s);
    if (STATISTIC == 1) value = compensated_sum(value, compensated_product(a, a));
    else value = compensated_sum(value, a);
  }
  value = compensated_product(value, reciprocal);
  if (STATISTIC == 2) {
    const vec2 mean = value;
    value = vec2(0.0);
    for (uint s = 0; s < samples; s++) {
      const vec2 rest = compensated_sum(sample_value(row, column, s), -mean);
      value = compensated_sum(value, compensated_product(rest, rest));
    }
    value = compensated_product(value, reciprocal);
  }
  return value;
}

void main() {
  const uint own = invocation_index() / LANES, id = gl_LocalInvocationID.x, lane = id % LANES;
  const uint row = min(own, tokens - 1);  // rows past the end take part in the barriers
  vec2 sum = vec2(0.0), square = vec2(0.0);
  for (uint column = lane; column < width; column += LANES) {
    const vec2 v = statistic(row, column);
    sum = compensated_sum(sum, v);
    square = compensated_sum(square, compensated_product(v, v));
  }
  slots[id] = vec4(sum, square);
  barrier();
  for (uint distance = LANES / 2; distance > 0; distance /= 2) {
    if (lane < distance) {
      const vec4 a = slots[id], b = slots[id + distance];
      slots[id] = vec4(compensated_sum(a.xy, b.xy), compensated_sum(a.zw, b.zw));
    }
    barrier();
  }
  if (lane == 0 && own < tokens) sums[place + row] = slots[id];
}
