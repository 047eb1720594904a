#version 450
#extension GL_GOOGLE_include_directive : require
// Gradient of attention of each sequence's selected token: dV = p dO, dK = dS Q and dQ = Σ dS K with
// dS = p (dP - Σ p dP) scale and dP = dO · V; zeros for keys that the token does not see.
// Memory-bound: K and V read, dK and dV written once.

#include "include/invocation.glsl"
#include "include/attention_selected.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

layout(constant_id = 2) const bool QUERY_GRADIENT = true;

layout(std430, set = 0, binding = 0) readonly buffer Gradients { float gradient[]; };  // [B x H]
layout(std430, set = 0, binding = 1) readonly buffer Queries { float query[]; };  // [B x H]
layout(std430, set = 0, binding = 2) readonly buffer KeysValues { float keys_values[]; };  // [T x 2H]
layout(std430, set = 0, binding = 3) readonly buffer Probabilities { float probabilities[]; };  // T x A
layout(std430, set = 0, binding = 4) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 5) writeonly buffer QueryGradients { float query_gradient[]; };  // [B x H]
layout(std430, set = 0, binding = 6) writeonly buffer KeyValueGradients { float key_value_gradient[]; };  // [T x 2H]
layout(std430, set = 0, binding = 7) readonly buffer SelectedRows { uint selected_rows[]; };  // [B], over the batch
COUNTS(8)

shared float key_probabilities[GROUP];

float slope(uint value) {
  float sum = 0.0;
  for (uint d = 0; d < HEAD_SIZE; d++) sum = fma(row[d], keys_values[value + d], sum);
  return sum;
}

void main() {
  const uint sequence = group_index(), head = gl_WorkGroupID.z, id = gl_LocalInvocationID.x;
  if (sequence >= counts[extent]) return;
  const uint start = offsets[sequence], length = offsets[sequence + 1] - start, stride = 2 * width;
  const uint keys = start * stride + head * HEAD_SIZE, values = keys + width;
  const uint own = start * heads + head * length, output_row = sequence * width + head * HEAD_SIZE;
  const uvec2 seen = keys_seen(selected_rows[sequence] - start, length);
  for (uint d = id; d < HEAD_SIZE; d += GROUP) row[d] = gradient[output_row + d];
  barrier();

  float mean = 0.0;
  for (uint j = seen.x + id; j < seen.y; j += GROUP) {
    mean = fma(probabilities[own + j], slope(values + j * stride), mean);
  }
  mean = lanes_sum(vec2(mean, 0.0)).x;

  float sums[SPANS];
  for (uint s = 0; s < SPANS; s++) sums[s] = 0.0;
  for (uint step = seen.x; step < seen.y; step += GROUP) {
    const uint count = min(GROUP, seen.y - step);
    barrier();
    if (id < count) {
      const float p = probabilities[own + step + id];
      key_probabilities[id] = p;
      weights[id] = p * (slope(values + (step + id) * stride) - mean) * scale;
    }
    barrier();
    if (QUERY_GRADIENT) {
      ADD_WEIGHTED_ROWS(sums, keys_values, keys + step * stride, stride, count)
    }
    for (uint i = id; i < count * HEAD_SIZE; i += GROUP) {
      const uint k = i / HEAD_SIZE, d = i % HEAD_SIZE, at = keys + (step + k) * stride + d;
      key_value_gradient[at] = weights[k] * query[output_row + d];
      key_value_gradient[at + width] = key_probabilities[k] * row[d];
    }
  }
  for (uint i = id; i < (length - (seen.y - seen.x)) * HEAD_SIZE; i += GROUP) {
    const uint k = i / HEAD_SIZE, j = k < seen.x ? k : k + (seen.y - seen.x), at = keys + j * stride + i % HEAD_SIZE;
    key_value_gradient[at] = 0.0;
    key_value_gradient[at + width] = 0.0;
  }
  if (!QUERY_GRADIENT) return;
  for (uint s = 0; s < SPANS; s++) {
    const float sum = join_parts(sums[s]);
    const uint d = own_element() + s * GROUP;
    if (own_part() == 0 && d < HEAD_SIZE) query_gradient[output_row + d] = sum;
  }
}
