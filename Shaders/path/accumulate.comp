#version 450
#extension GL_GOOGLE_include_directive : require
// sum[row] += Σ weight gradient[t] over the sequences whose example holds the row, in ascending order.
//
// One invocation owns an element of the sum, so no order depends on the device. `places` holds two words for each row
// of the sum that the batch touches: the row, and where its sequences begin in `members`. There: their count, then for
// each the token row relative to the sum's row (modulo 2^32) and the bits of its weight.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint rows;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"

READS(0, gradient)
layout(std430, set = 0, binding = 1) buffer SumOfScalars { float sum_scalars[]; };
layout(std430, set = 0, binding = 1) buffer SumOfVectors { vec4 sum_vectors[]; };
layout(std430, set = 0, binding = 2) readonly buffer Places { uvec2 places[]; };
layout(std430, set = 0, binding = 3) readonly buffer Members { uint members[]; };

void main() {
  const uint unit = invocation_index();
  const uint index = unit / row_units, column = unit % row_units;
  if (index >= rows) return;
  const uint row = places[index].x;
  uint member = places[index].y;
  const uint end = member + 1 + 2 * members[member];
  const uint target = row * row_units + column;
  vec4 sum = vec4(0.0);
  if (VECTOR) sum = sum_vectors[target];
  else sum.x = sum_scalars[target];
  for (member += 1; member < end; member += 2) {
    const vec4 weight = vec4(uintBitsToFloat(members[member + 1]));
    sum = fma(weight, gradient((row + members[member]) * row_units + column), sum);
  }
  if (VECTOR) sum_vectors[target] = sum;
  else sum_scalars[target] = sum.x;
}
