#version 450
#extension GL_GOOGLE_include_directive : require
// dv_j = Σ_i P̄_ij do_i and dk_j = Σ_i dS_ij (q̄_i + queries[i - j]), with dS as in `attention_multiplier_queries.comp`,
// per token and head. A group owns a key and walks over the queries that see it, so no sum needs atomics.
// FLOPs: 12 L² D per sequence and head. Traffic: Q, dO and the tables of both sequences once per token.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/multipliers/logarithmic_mean.glsl"
#include "include/multipliers/attention_multiplier.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 9) readonly buffer Means { float means[]; };  // [T x A]
// [T x 3H], of which this writes K's and V's parts.
layout(std430, set = 0, binding = 10) writeonly buffer Results { float dqkv[]; };
COUNTS(11)

void main() {
  const uint token = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (token >= counts[extent]) return;
  const uint start = offsets[sequences[token]], length = offsets[sequences[token] + 1] - start, stride = 3 * width;
  const uint key = token - start, origin = start * stride + head * HEAD_SIZE, own = origin + key * stride + width;
  // The queries that see the key.
  const uint first = key > after ? key - after : 0, end = min(length, key + before + 1);
  const uint outputs = start * width + head * HEAD_SIZE;
  float key_sums[SPANS], value_sums[SPANS];
  for (uint s = 0; s < SPANS; s++) {
    key_sums[s] = 0.0;
    value_sums[s] = 0.0;
  }
  for (uint step = first; step < end; step += GROUP) {
    const uint query = step + id, count = min(GROUP, end - step);
    float p = 0.0, weight = 0.0;
    if (query < end) {
      const vec2 logs = pair_logs(start, query, key);
      p = 0.5 * (exponential(logs.x) + exponential(logs.y));
      weight = logarithmic_mean(logs.x, logs.y) * scale
        * (pair_slope(start, query, key) - means[(start + query) * heads + head]);
    }
    weights[id] = p;
    barrier();
    ADD_WEIGHTED_ROWS(value_sums, gradient, outputs + step * width, width, count)
    barrier();
    if (BY_QUERY) {
      weights[id] = weight;
      barrier();
      ADD_WEIGHTED_ROWS(key_sums, position_queries, table_row(step, key), width, count)
      barrier();
    }
    weights[id] = 0.5 * weight;
    barrier();
    ADD_WEIGHTED_ROWS(key_sums, qkv, origin + step * stride, stride, count)
    ADD_WEIGHTED_ROWS(key_sums, partner, origin + step * stride, stride, count)
    barrier();
  }
  for (uint s = 0; s < SPANS; s++) {
    const float key_sum = join_parts(key_sums[s]), value_sum = join_parts(value_sums[s]);
    const uint d = own_element() + s * GROUP;
    if (own_part() == 0 && d < HEAD_SIZE) {
      dqkv[own + d] = key_sum;
      dqkv[own + width + d] = value_sum;
    }
  }
}
