#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
// dx_j = Σ_h p_hj dz_h + dS_hj u_h for each token j of a sequence: the gradient of the rows that multi-query attention
// takes its keys and values from.
//
// A group has KEYS tokens of one sequence and GROUP columns, an invocation one column; sums run over ascending heads.
// FLOPs: 4 T A C. Traffic: dz and u once for each group of tokens.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint KEYS = 16;  // a multiple of 4

layout(push_constant) uniform Push {
  uint extent;
  uint columns;  // C
  uint heads;
};

#include "include/invocation.glsl"
#include "include/counts.glsl"

const uint BLOCKS = KEYS / 4;
const uint STEP = 8;  // heads

layout(std430, set = 0, binding = 0) readonly buffer Gradients { float gradient[]; };  // dz [B x A·C]
layout(std430, set = 0, binding = 1) readonly buffer Queries { float query[]; };  // u [B x A·C]
layout(std430, set = 0, binding = 2) readonly buffer Probabilities { float probabilities[]; };  // T x A
layout(std430, set = 0, binding = 3) readonly buffer Slopes { float slopes[]; };  // dS, T x A
layout(std430, set = 0, binding = 4) readonly buffer Tiles { uint tiles[]; };
layout(std430, set = 0, binding = 5) readonly buffer Sequences { uint sequences[]; };
layout(std430, set = 0, binding = 6) writeonly buffer RowGradients { float row_gradient[]; };  // [T x C]
COUNTS(7)

shared vec4 step_probabilities[STEP * BLOCKS];
shared vec4 step_slopes[STEP * BLOCKS];

void main() {
  const uint tile = group_index(), id = gl_LocalInvocationID.x;
  if (tile >= counts[extent]) return;
  const uint start = tiles[3 * tile], length = tiles[3 * tile + 1], first = tiles[3 * tile + 2];
  const uint first_vector = sequences[start] * heads, column = gl_WorkGroupID.z * GROUP + id;
  const uint read_column = min(column, columns - 1);  // columns past the end take part in the barriers
  vec4 own[BLOCKS];
  [[unroll]] for (uint b = 0; b < BLOCKS; b++) own[b] = vec4(0.0);
  for (uint first_head = 0; first_head < heads; first_head += STEP) {
    barrier();
    for (uint i = id; i < STEP * BLOCKS; i += GROUP) {
      const uint head = min(first_head + i / BLOCKS, heads - 1), at = start * heads + head * length;
      [[unroll]] for (uint k = 0; k < 4; k++) {
        const uint j = min(first + i % BLOCKS * 4 + k, length - 1);
        step_probabilities[i][k] = probabilities[at + j];
        step_slopes[i][k] = slopes[at + j];
      }
    }
    barrier();
    const uint count = min(STEP, heads - first_head);
    for (uint h = 0; h < count; h++) {
      const uint at = (first_vector + first_head + h) * columns + read_column;
      const vec4 dz = vec4(gradient[at]), u = vec4(query[at]);
      [[unroll]] for (uint b = 0; b < BLOCKS; b++) {
        own[b] = fma(dz, step_probabilities[h * BLOCKS + b], own[b]);
        own[b] = fma(u, step_slopes[h * BLOCKS + b], own[b]);
      }
    }
  }
  if (column >= columns) return;
  [[unroll]] for (uint k = 0; k < KEYS; k++) {
    if (first + k < length) row_gradient[(start + first + k) * columns + column] = own[k / 4][k % 4];
  }
}
