#version 450
#extension GL_GOOGLE_include_directive : require
// dV = Pᵀ dO and dK = dSᵀ Q with dS = P (dP - offset) scale, dP = dO Vᵀ and P = exp(Q Kᵀ scale - log-sum-exp), per
// sequence and head. A group owns ROWS keys and walks over the queries that see them, so no sum needs atomics.
// FLOPs: 8 L² D per sequence and head. Traffic: K, V, dK and dV once, Q and dO once every ROWS keys.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/attention_heads.glsl"
#include "include/attention_tile.glsl"
#include "include/counts.glsl"

HEAD_READS(0, qkv)  // [T x 3H]
HEAD_READS(1, gradient)  // [T x H]
layout(std430, set = 0, binding = 2) readonly buffer Logs { float log_sum_exp[]; };  // [T x A]
layout(std430, set = 0, binding = 3) readonly buffer Offsets { float offsets[]; };  // [T x A]
HEAD_WRITES(4, dqkv)  // [T x 3H], of which this writes K's and V's parts
layout(std430, set = 0, binding = 5) readonly buffer Items { uint item_words[]; };
COUNTS(6)

shared vec4 keys[ROWS * PITCH];
shared vec4 values[ROWS * PITCH];
shared vec4 queries[COLUMNS * PITCH];
shared vec4 outputs[COLUMNS * PITCH];
shared vec4 probabilities[ROWS * LANES];
shared vec4 weights[ROWS * LANES];

void main() {
  const uint item = group_index();
  if (item >= counts[extent]) return;
  const uint start = item_words[item * 3], length = item_words[item * 3 + 1], first = item_words[item * 3 + 2];
  const uint lane = own_lane(), quad = own_quad(), stride = 3 * width;
  const uint head = gl_WorkGroupID.z * HEAD_SIZE, origin = start * stride + head;
  LOAD_TILE(keys, qkv, ROWS, first, length, origin + width, stride)
  LOAD_TILE(values, qkv, ROWS, first, length, origin + 2 * width, stride)

  vec4 key_sums[4 * SPANS], value_sums[4 * SPANS];
  [[unroll]] for (uint i = 0; i < 4 * SPANS; i++) {
    key_sums[i] = vec4(0.0);
    value_sums[i] = vec4(0.0);
  }
  // A key is seen from as many queries in front of it as a query sees keys behind it.
  const uint end = last_step(first, before, length);
  for (uint step = first_step(first, after); step < end; step += COLUMNS) {
    barrier();
    LOAD_TILE(queries, qkv, COLUMNS, step, length, origin, stride)
    LOAD_TILE(outputs, gradient, COLUMNS, step, length, start * width + head, width)
    vec4 logs, means;
    [[unroll]] for (uint c = 0; c < 4; c++) {
      const uint at = (start + min(step + lane * 4 + c, length - 1)) * heads + gl_WorkGroupID.z;
      logs[c] = log_sum_exp[at];
      means[c] = offsets[at];
    }
    barrier();
    vec4 scores[4] = vec4[4](vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0));
    vec4 slopes[4] = scores;
    ADD_PRODUCTS(scores, keys, queries)
    ADD_PRODUCTS(slopes, values, outputs)
    const bvec4 past = past_end(step + lane * 4, length);
    [[unroll]] for (uint i = 0; i < 4; i++) {
      const bvec4 outside = unmet(past, step + lane * 4, first + quad * 4 + i, after, before);
      const vec4 p = mix(exponential(scores[i] * scale - logs), vec4(0.0), outside);
      probabilities[weight_place(quad * 4 + i, lane)] = p;
      weights[weight_place(quad * 4 + i, lane)] = p * (slopes[i] - means) * scale;
    }
    barrier();
    ADD_WEIGHTED(value_sums, probabilities, outputs)
    ADD_WEIGHTED(key_sums, weights, queries)
  }

  [[unroll]] for (uint i = 0; i < 4; i++) {
    const uint row = first + quad * 4 + i;
    if (row < length) {
      [[unroll]] for (uint s = 0; s < SPANS; s++) {
        put_dqkv(origin + row * stride + width, lane + s * LANES, key_sums[i * SPANS + s]);
        put_dqkv(origin + row * stride + 2 * width, lane + s * LANES, value_sums[i * SPANS + s]);
      }
    }
  }
}
