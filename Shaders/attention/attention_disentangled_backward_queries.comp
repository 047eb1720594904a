#version 450
#extension GL_GOOGLE_include_directive : require
// dq_i = Σ_j dS_ij (k_j + c keys[i - j]) with dS = P (dP - mean) scale, dP = dO Vᵀ, per token and head.
// FLOPs: 12 L² D per sequence and head. Traffic: K, V and both tables once per token.

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
layout(std430, set = 0, binding = 8) writeonly buffer Results { float dqkv[]; };  // [T x 3H], of which this writes Q's
COUNTS(9)

shared float output_row[HEAD_SIZE];

void main() {
  const uint token = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (token >= counts[extent]) return;
  const uint start = offsets[sequences[token]], length = offsets[sequences[token] + 1] - start, stride = 3 * width;
  const uint query = token - start, origin = start * stride + head * HEAD_SIZE;
  for (uint d = id; d < HEAD_SIZE; d += GROUP) {
    row[d] = qkv[origin + query * stride + d];
    output_row[d] = gradient[token * width + head * HEAD_SIZE + d];
  }
  barrier();

  const float log = log_sum_exp[token * heads + head], mean = means[token * heads + head];
  float sums[SPANS];
  for (uint s = 0; s < SPANS; s++) sums[s] = 0.0;
  for (uint step = 0; step < length; step += GROUP) {
    const uint key = step + id;
    if (key < length) {
      const uint from = origin + key * stride + width, at = table_row(query, key);
      float score = 0.0, slope = 0.0;
      for (uint d = 0; d < HEAD_SIZE; d++) {
        const float k = qkv[from + d];
        score = fma(row[d], k, score);
        if (BY_KEY) score = fma(row[d], position_keys[at + d], score);
        if (BY_QUERY) score = fma(k, position_queries[at + d], score);
        slope = fma(output_row[d], qkv[from + width + d], slope);
      }
      weights[id] = exponential(score * scale - log) * (slope - mean) * scale;
    }
    barrier();
    const uint count = min(GROUP, length - step);
    ADD_WEIGHTED_ROWS(sums, qkv, origin + step * stride + width, stride, count)
    if (BY_KEY) {
      if (table_factor != 1.0) {
        barrier();
        weights[id] *= table_factor;
        barrier();
      }
      ADD_WEIGHTED_ROWS(sums, position_keys, table_row(query, step), 0u - width, count)
    }
    barrier();
  }
  for (uint s = 0; s < SPANS; s++) {
    const float sum = join_parts(sums[s]);
    const uint d = own_element() + s * GROUP;
    if (own_part() == 0 && d < HEAD_SIZE) dqkv[origin + query * stride + d] = sum;
  }
}
