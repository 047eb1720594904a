#version 450
#extension GL_GOOGLE_include_directive : require
// softmax(Q Kᵀ scale) V per sequence and head, over the keys of a window, without storing the probabilities
// (arXiv 2205.14135), and the log of the softmax's denominator (arXiv 2307.08691).
// FLOPs: 4 L² D per sequence and head. Traffic: Q and the result once, K and V once every ROWS queries.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/attention_heads.glsl"
#include "include/attention_tile.glsl"
#include "include/counts.glsl"

layout(constant_id = 6) const bool LOG_SUM_EXP = true;

HEAD_READS(0, qkv)  // [T x 3H]
HEAD_WRITES(1, context)  // [T x H]
layout(std430, set = 0, binding = 2) writeonly buffer Logs { float log_sum_exp[]; };  // [T x A]
// First token row of the sequence, its tokens, and the first that the group owns: three words an item.
layout(std430, set = 0, binding = 3) readonly buffer Items { uint item_words[]; };
COUNTS(4)

shared vec4 queries[ROWS * PITCH];
shared vec4 keys[COLUMNS * PITCH];
shared vec4 values[COLUMNS * PITCH];
shared vec4 weights[ROWS * LANES];
shared vec4 exchange[QUADS * LANES];

const float LOWEST = -3.402823466e38;

void main() {
  const uint item = group_index();
  if (item >= counts[extent]) return;
  const uint start = item_words[item * 3], length = item_words[item * 3 + 1], first = item_words[item * 3 + 2];
  const uint lane = own_lane(), quad = own_quad(), stride = 3 * width;
  const uint origin = start * stride + gl_WorkGroupID.z * HEAD_SIZE;
  LOAD_TILE(queries, qkv, ROWS, first, length, origin, stride)

  vec4 sums[4 * SPANS];
  [[unroll]] for (uint i = 0; i < 4 * SPANS; i++) sums[i] = vec4(0.0);
  vec4 top = vec4(LOWEST), denominator = vec4(0.0);  // of the four rows; the latter of the lane's columns alone
  const uint end = last_step(first, after, length);
  for (uint step = first_step(first, before); step < end; step += COLUMNS) {
    barrier();
    LOAD_TILE(keys, qkv, COLUMNS, step, length, origin + width, stride)
    LOAD_TILE(values, qkv, COLUMNS, step, length, origin + 2 * width, stride)
    barrier();
    vec4 scores[4] = vec4[4](vec4(0.0), vec4(0.0), vec4(0.0), vec4(0.0));
    ADD_PRODUCTS(scores, queries, keys)
    const bvec4 past = past_end(step + lane * 4, length);
    vec4 highest;
    bvec4 outside[4];
    [[unroll]] for (uint i = 0; i < 4; i++) {
      outside[i] = unmet(past, step + lane * 4, first + quad * 4 + i, before, after);
      scores[i] = mix(scores[i] * scale, vec4(LOWEST), outside[i]);
      highest[i] = max(max(scores[i].x, scores[i].y), max(scores[i].z, scores[i].w));
    }
    exchange[lane * QUADS + quad] = highest;
    barrier();
    highest = top;
    for (uint l = 0; l < LANES; l++) highest = max(highest, exchange[l * QUADS + quad]);
    const vec4 correction = exponential(top - highest);
    top = highest;
    denominator *= correction;
    [[unroll]] for (uint i = 0; i < 4; i++) {
      vec4 p = exponential(scores[i] - top[i]);
      // A row that has met no column yet has no top to keep others small.
      if (WINDOW) p = mix(p, vec4(0.0), outside[i]);
      weights[weight_place(quad * 4 + i, lane)] = p;
      denominator[i] += (p.x + p.y) + (p.z + p.w);
      [[unroll]] for (uint s = 0; s < SPANS; s++) sums[i * SPANS + s] *= correction[i];
    }
    barrier();
    ADD_WEIGHTED(sums, weights, values)
  }

  exchange[lane * QUADS + quad] = denominator;
  barrier();
  denominator = vec4(0.0);
  for (uint l = 0; l < LANES; l++) denominator += exchange[l * QUADS + quad];
  const vec4 logs = top + logarithm(denominator);
  [[unroll]] for (uint i = 0; i < 4; i++) {
    const uint row = first + quad * 4 + i;
    if (row < length) {
      const uint target = (start + row) * width + gl_WorkGroupID.z * HEAD_SIZE;
      [[unroll]] for (uint s = 0; s < SPANS; s++) {
        put_context(target, lane + s * LANES, sums[i * SPANS + s] / denominator[i]);
      }
      if (LOG_SUM_EXP && lane == 0) log_sum_exp[(start + row) * heads + gl_WorkGroupID.z] = logs[i];
    }
  }
}
