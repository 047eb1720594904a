#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
// u_h · x_j for every head h of a sequence and each of its tokens j: what multi-query attention takes the softmax of
// and, of the gradient and the rows, dP.
//
// A group has KEYS tokens of one sequence and four heads for each KEYS invocations; rows and vectors pass through
// shared memory in slices. Every element is one chain over ascending columns, whatever the group.
// FLOPs: 2 T A C. Traffic: rows once for each group of heads, and vectors once for each group of tokens.

layout(constant_id = 0) const uint GROUP = 128;  // KEYS times 1 to 4
layout(constant_id = 1) const bool VECTOR = true;  // C is a multiple of 4
layout(constant_id = 2) const uint KEYS = 32;

layout(push_constant) uniform Push {
  uint extent;
  uint columns;  // C
  uint heads;
};

#include "include/invocation.glsl"
#include "include/counts.glsl"

const bool VECTOR_COLUMNS = VECTOR;

#include "include/matrix_operands.glsl"

const uint HEADS = GROUP / KEYS * 4;
const uint SLICE = 8;  // vectors
const uint PITCH = SLICE + 1;  // keeps the tokens' vectors off each other's banks

OPERAND(0, vectors)  // [B x A·C]
OPERAND(1, rows)  // [T x C]
layout(std430, set = 0, binding = 2) readonly buffer Tiles { uint tiles[]; };
layout(std430, set = 0, binding = 3) readonly buffer Sequences { uint sequences[]; };
layout(std430, set = 0, binding = 4) writeonly buffer Scores { float scores[]; };  // T x A
COUNTS(5)

shared vec4 vector_slice[HEADS * SLICE];
shared vec4 row_slice[KEYS * PITCH];

void main() {
  const uint tile = group_index(), id = gl_LocalInvocationID.x;
  if (tile >= counts[extent]) return;
  const uint start = tiles[3 * tile], length = tiles[3 * tile + 1], first = tiles[3 * tile + 2];
  const uint key = id % KEYS, own_heads = id / KEYS * 4;
  const uint first_head = gl_WorkGroupID.z * HEADS, first_vector = sequences[start] * heads;
  vec4 sums[4];
  [[unroll]] for (uint h = 0; h < 4; h++) sums[h] = vec4(0.0);
  for (uint column = 0; column < columns; column += 4 * SLICE) {
    barrier();
    for (uint i = id; i < KEYS * SLICE; i += GROUP) {
      const uint row = start + min(first + i / SLICE, length - 1), v = i % SLICE;
      row_slice[i / SLICE * PITCH + v] = rows(row, column + 4 * v, columns, VECTOR);
    }
    for (uint i = id; i < HEADS * SLICE; i += GROUP) {
      const uint head = min(first_head + i / SLICE, heads - 1), v = i % SLICE;
      vector_slice[i] = vectors(first_vector + head, column + 4 * v, columns, VECTOR);
    }
    barrier();
    for (uint v = 0; v < SLICE; v++) {
      const vec4 x = row_slice[key * PITCH + v];
      [[unroll]] for (uint h = 0; h < 4; h++) sums[h] = fma(x, vector_slice[(own_heads + h) * SLICE + v], sums[h]);
    }
  }
  if (first + key >= length) return;
  [[unroll]] for (uint h = 0; h < 4; h++) {
    const uint head = first_head + own_heads + h;
    if (head < heads) {
      scores[start * heads + head * length + first + key] = (sums[h].x + sums[h].y) + (sums[h].z + sums[h].w);
    }
  }
}
