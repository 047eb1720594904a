#version 450
#extension GL_GOOGLE_include_directive : require
// dq_i = Σ_j dS_ij (k̄_j + keys[i - j]) with dS = L (dP - mean) scale, dP = dO V̄ᵀ, bars for means of both sequences and L
// the logarithmic mean of both probabilities, per token and head; and the mean, Σ L dP / Σ L, for the keys' pass.
// FLOPs: 16 L² D per sequence and head. Traffic: K, V and the tables of both sequences twice per token.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/multipliers/logarithmic_mean.glsl"
#include "include/multipliers/attention_multiplier.glsl"
#include "include/reduction.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 9) writeonly buffer Results { float dqkv[]; };  // [T x 3H], of which this writes Q's
layout(std430, set = 0, binding = 10) writeonly buffer Means { float means[]; };  // [T x A]
COUNTS(11)

void main() {
  const uint token = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (token >= counts[extent]) return;
  const uint start = offsets[sequences[token]], length = offsets[sequences[token] + 1] - start, stride = 3 * width;
  const uint query = token - start, origin = start * stride + head * HEAD_SIZE;
  const uvec2 seen = keys_seen(query, length);
  vec2 total = vec2(0.0);
  for (uint key = seen.x + id; key < seen.y; key += GROUP) {
    const vec2 logs = pair_logs(start, query, key);
    const float weight = logarithmic_mean(logs.x, logs.y);
    total += vec2(weight, weight * pair_slope(start, query, key));
  }
  total = lanes_sum(total);
  const float mean = total.y / total.x;
  if (id == 0) means[token * heads + head] = mean;

  float sums[SPANS];
  for (uint s = 0; s < SPANS; s++) sums[s] = 0.0;
  for (uint step = seen.x; step < seen.y; step += GROUP) {
    const uint key = step + id, count = min(GROUP, seen.y - step);
    float weight = 0.0;
    if (key < seen.y) {
      const vec2 logs = pair_logs(start, query, key);
      weight = logarithmic_mean(logs.x, logs.y) * (pair_slope(start, query, key) - mean) * scale;
    }
    if (BY_KEY) {
      weights[id] = weight;
      barrier();
      ADD_WEIGHTED_ROWS(sums, position_keys, table_row(query, step), 0u - width, count)
      barrier();
    }
    weights[id] = 0.5 * weight;
    barrier();
    ADD_WEIGHTED_ROWS(sums, qkv, origin + step * stride + width, stride, count)
    ADD_WEIGHTED_ROWS(sums, partner, origin + step * stride + width, stride, count)
    barrier();
  }
  for (uint s = 0; s < SPANS; s++) {
    const float sum = join_parts(sums[s]);
    const uint d = own_element() + s * GROUP;
    if (own_part() == 0 && d < HEAD_SIZE) dqkv[origin + query * stride + d] = sum;
  }
}
