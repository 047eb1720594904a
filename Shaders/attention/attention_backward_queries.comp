#version 450
#extension GL_GOOGLE_include_directive : require
// dQ = dS K with dS = P (dP - offset) scale, dP = dO Vᵀ and P = exp(Q Kᵀ scale - log-sum-exp), per sequence and head.
// FLOPs: 6 L² D per sequence and head. Traffic: Q, dO and dQ once, K and V once every ROWS queries.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/attention_heads.glsl"
#include "include/attention_tile.glsl"
#include "include/counts.glsl"

HEAD_READS(0, qkv)  // [T x 3H]
HEAD_READS(1, gradient)  // [T x H]
layout(std430, set = 0, binding = 2) readonly buffer Logs { float log_sum_exp[]; };  // [T x A]
layout(std430, set = 0, binding = 3) readonly buffer Offsets { float offsets[]; };  // [T x A]
HEAD_WRITES(4, dqkv)  // [T x 3H], of which this writes Q's part
layout(std430, set = 0, binding = 5) readonly buffer Items { uint item_words[]; };
COUNTS(6)

shared vec4 queries[ROWS * PITCH];
shared vec4 outputs[ROWS * PITCH];
shared vec4 keys[COLUMNS * PITCH];
shared vec4 values[COLUMNS * PITCH];
shared vec4 weights[ROWS * LANES];

void main() {
  const uint item = group_index();
  if (item >= counts[extent]) return;
  const uint start = item_words[item * 3], length = item_words[item * 3 + 1], first = item_words[item * 3 + 2];
  const uint lane = own_lane(), quad = own_quad(), stride = 3 * width;
  const uint head = gl_WorkGroupID.z * HEAD_SIZE, origin = start * stride + head;
  LOAD_TILE(queries, qkv, ROWS, first, length, origin, stride)
  LOAD_TILE(outputs, gradient, ROWS, first, length, start * width + head, width)
  float logs[4], means[4];
  [[unroll]] for (uint i = 0; i < 4; i++) {
    const uint at = (start + min(first + quad * 4 + i, length - 1)) * heads + gl_WorkGroupID.z;
    logs[i] = log_sum_exp[at];
    means[i] = offsets[at];
  }

  vec4 sums[4 * SPANS];
  [[unroll]] for (uint i = 0; i < 4 * SPANS; i++) sums[i] = vec4(0.0);
  const uint end = last_step(first, after, length);
  for (uint step = first_step(first, before); step < end; step += COLUMNS) {
    barrier();
    LOAD_TILE(keys, qkv, COLUMNS, step, length, origin + width, stride)
    LOAD_TILE(values, qkv, COLUMNS, step, length, origin + 2 * width, stride)
    barrier();
    vec4 scores[4] = vec4[4](vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0));
    vec4 slopes[4] = scores;
    ADD_PRODUCTS(scores, queries, keys)
    ADD_PRODUCTS(slopes, outputs, values)
    const bvec4 past = past_end(step + lane * 4, length);
    [[unroll]] for (uint i = 0; i < 4; i++) {
      const bvec4 outside = unmet(past, step + lane * 4, first + quad * 4 + i, before, after);
      const vec4 p = exponential(scores[i] * scale - logs[i]);
      weights[weight_place(quad * 4 + i, lane)] = mix(p * (slopes[i] - means[i]) * scale, vec4(0.0), outside);
    }
    barrier();
    ADD_WEIGHTED(sums, weights, keys)
  }

  [[unroll]] for (uint i = 0; i < 4; i++) {
    const uint row = first + quad * 4 + i;
    if (row < length) {
      [[unroll]] for (uint s = 0; s < SPANS; s++) {
        put_dqkv(origin + row * stride, lane + s * LANES, sums[i * SPANS + s]);
      }
    }
  }
}
