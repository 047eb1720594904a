// Attention of one token over its sequence and its partner's, with or without tables of positions.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint HEAD_SIZE = 64;
layout(constant_id = 2) const bool BY_KEY = true;  // whether queries are multiplied with a table
layout(constant_id = 3) const bool BY_QUERY = true;  // whether keys are

layout(push_constant) uniform Push {
  uint extent;
  uint width;  // H, a multiple of the head size
  uint heads;
  float scale;
  uint center;  // the tables' row of offset 0
  uint before, after;  // keys that a query sees around its own
};

#include "include/attention_one_token.glsl"
#include "include/window.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Rows { float qkv[]; };  // [T x 3H]
layout(std430, set = 0, binding = 1) readonly buffer PartnerRows { float partner[]; };  // [T x 3H]
layout(std430, set = 0, binding = 2) readonly buffer ByKey { float position_keys[]; };  // [2N - 1 x H]
layout(std430, set = 0, binding = 3) readonly buffer ByQuery { float position_queries[]; };  // [2N - 1 x H]
layout(std430, set = 0, binding = 4) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 5) readonly buffer Sequences { uint sequences[]; };  // [T]
layout(std430, set = 0, binding = 6) readonly buffer Gradients { float gradient[]; };  // [T x H]
layout(std430, set = 0, binding = 7) readonly buffer Logs { float log_sum_exp[]; };  // [T x A]
layout(std430, set = 0, binding = 8) readonly buffer PartnerLogs { float partner_log_sum_exp[]; };  // [T x A]

// Where the head's row of offset query - key begins in a table.
uint table_row(uint query, uint key) { return (center + query - key) * width + gl_WorkGroupID.z * HEAD_SIZE; }

// The logarithms of a pair's probabilities in both sequences; query and key count from `start`, the first token.
vec2 pair_logs(uint start, uint query, uint key) {
  const uint stride = 3 * width, head = gl_WorkGroupID.z, at = table_row(query, key);
  const uint q = (start + query) * stride + head * HEAD_SIZE, k = (start + key) * stride + width + head * HEAD_SIZE;
  vec2 score = vec2(0.0);
  for (uint d = 0; d < HEAD_SIZE; d++) {
    const vec2 own = vec2(qkv[q + d], partner[q + d]), other = vec2(qkv[k + d], partner[k + d]);
    score = fma(own, other, score);
    if (BY_KEY) score = fma(own, vec2(position_keys[at + d]), score);
    if (BY_QUERY) score = fma(other, vec2(position_queries[at + d]), score);
  }
  const uint saved = (start + query) * heads + head;
  return score * scale - vec2(log_sum_exp[saved], partner_log_sum_exp[saved]);
}

// dP of the pair: d(context) of the query times the mean of both values of the key.
float pair_slope(uint start, uint query, uint key) {
  const uint head = gl_WorkGroupID.z, from = (start + query) * width + head * HEAD_SIZE;
  const uint value = (start + key) * 3 * width + 2 * width + head * HEAD_SIZE;
  float slope = 0.0;
  for (uint d = 0; d < HEAD_SIZE; d++) {
    slope = fma(gradient[from + d], 0.5 * (qkv[value + d] + partner[value + d]), slope);
  }
  return slope;
}
