#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
// Σ_j w_hj x_j for every head h of a sequence: its rows weighted by multi-query attention's probabilities, or by the
// slopes of its scores for the queries' gradient.
//
// A group has GROUP columns of a sequence's rows, an invocation one of them and four heads for each of BLOCKS; sums run
// over ascending tokens. FLOPs: 2 T A C. Traffic: rows once for each group of heads.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint BLOCKS = 4;

layout(push_constant) uniform Push {
  uint extent;
  uint columns;  // C
  uint heads;
};

#include "include/invocation.glsl"
#include "include/counts.glsl"

const uint HEADS = 4 * BLOCKS;
const uint STEP = 16;  // tokens

layout(std430, set = 0, binding = 0) readonly buffer Weights { float weights[]; };  // T x A
layout(std430, set = 0, binding = 1) readonly buffer Rows { float rows[]; };  // [T x C]
layout(std430, set = 0, binding = 2) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Sums { float sums[]; };  // [B x A·C]
COUNTS(4)

shared vec4 step_weights[STEP * BLOCKS];

void main() {
  const uint sequence = group_index(), id = gl_LocalInvocationID.x;
  if (sequence >= counts[extent]) return;
  const uint start = offsets[sequence], length = offsets[sequence + 1] - start;
  const uint blocks = (columns + GROUP - 1) / GROUP;
  const uint first_head = gl_WorkGroupID.z / blocks * HEADS, column = gl_WorkGroupID.z % blocks * GROUP + id;
  const uint read_column = min(column, columns - 1);  // columns past the end take part in the barriers
  vec4 own[BLOCKS];
  [[unroll]] for (uint b = 0; b < BLOCKS; b++) own[b] = vec4(0.0);
  for (uint first = 0; first < length; first += STEP) {
    barrier();
    for (uint i = id; i < STEP * BLOCKS; i += GROUP) {
      const uint j = min(first + i % STEP, length - 1);
      [[unroll]] for (uint h = 0; h < 4; h++) {
        const uint head = min(first_head + i / STEP * 4 + h, heads - 1);
        step_weights[i % STEP * BLOCKS + i / STEP][h] = weights[start * heads + head * length + j];
      }
    }
    barrier();
    const uint count = min(STEP, length - first);
    for (uint j = 0; j < count; j++) {
      const vec4 x = vec4(rows[(start + first + j) * columns + read_column]);
      [[unroll]] for (uint b = 0; b < BLOCKS; b++) own[b] = fma(x, step_weights[j * BLOCKS + b], own[b]);
    }
  }
  if (column >= columns) return;
  [[unroll]] for (uint h = 0; h < HEADS; h++) {
    if (first_head + h < heads) sums[(sequence * heads + first_head + h) * columns + column] = own[h / 4][h % 4];
  }
}
