#version 450
#extension GL_GOOGLE_include_directive : require
// Attention of each sequence's selected token alone, over the keys of its window, with the probabilities, of which a
// sequence owns A x L: 0 for the other keys.
// Memory-bound: K and V once.

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/attention_selected.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Queries { float query[]; };  // [B x H]
layout(std430, set = 0, binding = 1) readonly buffer KeysValues { float keys_values[]; };  // [T x 2H]
layout(std430, set = 0, binding = 2) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Contexts { float context[]; };  // [B x H]
layout(std430, set = 0, binding = 4) buffer Probabilities { float probabilities[]; };  // T x A
layout(std430, set = 0, binding = 5) readonly buffer SelectedRows { uint selected_rows[]; };  // [B], over the batch
COUNTS(6)

void main() {
  const uint sequence = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (sequence >= counts[extent]) return;
  const uint start = offsets[sequence], length = offsets[sequence + 1] - start, stride = 2 * width;
  const uint keys = start * stride + head * HEAD_SIZE, values = keys + width;
  const uint own = start * heads + head * length;
  const uvec2 seen = keys_seen(selected_rows[sequence] - start, length);
  for (uint j = id; j < length; j += GROUP) {
    if (j < seen.x || j >= seen.y) probabilities[own + j] = 0.0;
  }
  for (uint d = id; d < HEAD_SIZE; d += GROUP) row[d] = query[sequence * width + head * HEAD_SIZE + d];
  barrier();

  // An invocation reads back nothing of the probabilities but what it wrote.
  float top = -3.402823466e38;
  for (uint j = seen.x + id; j < seen.y; j += GROUP) {
    float score = 0.0;
    for (uint d = 0; d < HEAD_SIZE; d++) score = fma(row[d], keys_values[keys + j * stride + d], score);
    score *= scale;
    probabilities[own + j] = score;
    top = max(top, score);
  }
  top = lanes_max(top);
  float total = 0.0;
  for (uint j = seen.x + id; j < seen.y; j += GROUP) {
    const float e = exponential(probabilities[own + j] - top);
    probabilities[own + j] = e;
    total += e;
  }
  total = lanes_sum(vec2(total, 0.0)).x;

  float sums[SPANS];
  for (uint s = 0; s < SPANS; s++) sums[s] = 0.0;
  for (uint step = seen.x; step < seen.y; step += GROUP) {
    barrier();
    if (step + id < seen.y) {
      weights[id] = probabilities[own + step + id] / total;
      probabilities[own + step + id] = weights[id];
    }
    barrier();
    ADD_WEIGHTED_ROWS(sums, keys_values, values + step * stride, stride, min(GROUP, seen.y - step))
  }
  for (uint s = 0; s < SPANS; s++) {
    const float sum = join_parts(sums[s]);
    const uint d = own_element() + s * GROUP;
    if (own_part() == 0 && d < HEAD_SIZE) context[sequence * width + head * HEAD_SIZE + d] = sum;
  }
}
