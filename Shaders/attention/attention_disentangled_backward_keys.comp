#version 450
#extension GL_GOOGLE_include_directive : require
// dv_j = Σ_i P_ij do_i and dk_j = Σ_i dS_ij (q_i + c queries[i - j]) with dS = P (dP - mean) scale, dP = dO Vᵀ, per token
// and head. A group owns a key and walks over the queries, so no sum needs atomics.
// FLOPs: 14 L² D per sequence and head. Traffic: Q, dO and both tables once per token.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#define TABLE_FACTOR
#include "include/attention_disentangled.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Rows { float qkv[]; };  // [T x 3H]
layout(std430, set = 0, binding = 1) readonly buffer ByKey { float position_keys[]; };  // [2N - 1 x H]
layout(std430, set = 0, binding = 2) readonly buffer ByQuery { float position_queries[]; };  // [2N - 1 x H]
layout(std430, set = 0, binding = 3) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 4) readonly buffer Sequences { uint sequences[]; };  // [T]
layout(std430, set = 0, binding = 5) readonly buffer Gradients { float gradient[]; };  // [T x H]
layout(std430, set = 0, binding = 6) readonly buffer Logs { float log_sum_exp[]; };  // [T x A]
layout(std430, set = 0, binding = 7) readonly buffer Means { float means[]; };  // [T x A]
// [T x 3H], of which this writes K's and V's parts.
layout(std430, set = 0, binding = 8) writeonly buffer Results { float dqkv[]; };
COUNTS(9)

shared float value_row[HEAD_SIZE];

void main() {
  const uint token = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (token >= counts[extent]) return;
  const uint start = offsets[sequences[token]], length = offsets[sequences[token] + 1] - start, stride = 3 * width;
  const uint key = token - start, origin = start * stride + head * HEAD_SIZE, own = origin + key * stride + width;
  for (uint d = id; d < HEAD_SIZE; d += GROUP) {
    row[d] = qkv[own + d];
    value_row[d] = qkv[own + width + d];
  }
  barrier();

  const uint outputs = start * width + head * HEAD_SIZE;
  float key_sums[SPANS], value_sums[SPANS];
  for (uint s = 0; s < SPANS; s++) {
    key_sums[s] = 0.0;
    value_sums[s] = 0.0;
  }
  for (uint step = 0; step < length; step += GROUP) {
    const uint query = step + id, count = min(GROUP, length - step);
    float p = 0.0, weight = 0.0;
    if (query < length) {
      const uint from = origin + query * stride, at = table_row(query, key);
      float score = 0.0, slope = 0.0;
      for (uint d = 0; d < HEAD_SIZE; d++) {
        const float q = qkv[from + d];
        score = fma(q, row[d], score);
        if (BY_KEY) score = fma(q, position_keys[at + d], score);
        if (BY_QUERY) score = fma(row[d], position_queries[at + d], score);
        slope = fma(gradient[outputs + query * width + d], value_row[d], slope);
      }
      const uint saved = (start + query) * heads + head;
      p = exponential(score * scale - log_sum_exp[saved]);
      weight = p * (slope - means[saved]) * scale;
    }
    weights[id] = p;
    barrier();
    ADD_WEIGHTED_ROWS(value_sums, gradient, outputs + step * width, width, count)
    barrier();
    weights[id] = weight;
    barrier();
    ADD_WEIGHTED_ROWS(key_sums, qkv, origin + step * stride, stride, count)
    if (BY_QUERY) {
      if (table_factor != 1.0) {
        barrier();
        weights[id] *= table_factor;
        barrier();
      }
      ADD_WEIGHTED_ROWS(key_sums, position_queries, table_row(step, key), width, count)
    }
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
