#version 450
#extension GL_GOOGLE_include_directive : require
// softmax((q_i k_j + q_i keys[i - j] + k_j queries[i - j]) scale) V per token and head (arXiv 2006.03654), and the log
// of the softmax's denominator.
// FLOPs: 8 L² D a sequence and head. Traffic: K, V and both tables once a token; caches hold what neighbours read too.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/attention_disentangled.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

layout(constant_id = 4) const bool LOG_SUM_EXP = true;

layout(std430, set = 0, binding = 0) readonly buffer Rows { float qkv[]; };  // [T x 3H]
layout(std430, set = 0, binding = 1) readonly buffer ByKey { float position_keys[]; };  // [2N - 1 x H]
layout(std430, set = 0, binding = 2) readonly buffer ByQuery { float position_queries[]; };  // [2N - 1 x H]
layout(std430, set = 0, binding = 3) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 4) readonly buffer Sequences { uint sequences[]; };  // [T]
layout(std430, set = 0, binding = 5) writeonly buffer Contexts { float context[]; };  // [T x H]
layout(std430, set = 0, binding = 6) writeonly buffer Logs { float log_sum_exp[]; };  // [T x A]
COUNTS(7)

const float LOWEST = -3.402823466e38;

void main() {
  const uint token = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (token >= counts[extent]) return;
  const uint start = offsets[sequences[token]], length = offsets[sequences[token] + 1] - start, stride = 3 * width;
  const uint query = token - start, origin = start * stride + head * HEAD_SIZE;
  for (uint d = id; d < HEAD_SIZE; d += GROUP) row[d] = qkv[origin + query * stride + d];
  barrier();

  float top = LOWEST, denominator = 0.0;  // the latter of the invocation's own keys
  float sums[SPANS];
  for (uint s = 0; s < SPANS; s++) sums[s] = 0.0;
  for (uint step = 0; step < length; step += GROUP) {
    const uint key = step + id;
    float score = LOWEST;
    if (key < length) {
      const uint from = origin + key * stride + width, at = table_row(query, key);
      score = 0.0;
      for (uint d = 0; d < HEAD_SIZE; d++) {
        const float k = qkv[from + d];
        score = fma(row[d], k, score);
        if (BY_KEY) score = fma(row[d], position_keys[at + d], score);
        if (BY_QUERY) score = fma(k, position_queries[at + d], score);
      }
      score *= scale;
    }
    const float highest = max(top, lanes_max(score));
    const float correction = exponential(top - highest);
    top = highest;
    const float p = key < length ? exponential(score - highest) : 0.0;
    denominator = fma(denominator, correction, p);
    weights[id] = p;
    for (uint s = 0; s < SPANS; s++) sums[s] *= correction;
    barrier();
    ADD_WEIGHTED_ROWS(sums, qkv, origin + step * stride + 2 * width, stride, min(GROUP, length - step))
    barrier();
  }

  const float total = lanes_sum(vec2(denominator, 0.0)).x;
  for (uint s = 0; s < SPANS; s++) {
    const float sum = join_parts(sums[s]);
    const uint d = own_element() + s * GROUP;
    if (own_part() == 0 && d < HEAD_SIZE) context[token * width + head * HEAD_SIZE + d] = sum / total;
  }
  if (LOG_SUM_EXP && id == 0) log_sum_exp[token * heads + head] = top + logarithm(total);
}
