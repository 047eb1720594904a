#version 450
#extension GL_GOOGLE_include_directive : require
// Gradients of heads summed over those that one was repeated for, in ascending order, and rotated back. An invocation
// a unit of dx. Memory-bound: 4 bytes per element of x, twice from the cache where it is rotated, 4 of dx.

layout(constant_id = 1) const bool VECTOR = true;

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/rotary.glsl"

READS(0, gradient)
WRITES(4, dx)
COUNTS(5)

vec4 sum_of_heads(uint at, uint count) {
  vec4 sum = gradient(at);
  for (uint h = 1; h < count; h++) sum += gradient(at + h * head_units);
  return sum;
}

void main() {
  const uint unit = invocation_index(), row = unit / row_units;
  if (row >= counts[extent]) return;
  const uint head = unit % row_units / head_units, column = unit % row_units % head_units;
  const bool is_query = QUERY && head < heads;
  const uint of_keys = head - QUERY_PARTS * heads;
  const uint part = is_query ? 0 : QUERY_PARTS + of_keys / key_heads;
  const uint count = is_query ? 1 : heads / key_heads;
  const uint first = is_query ? head : part * heads + of_keys % key_heads * count;
  const uint at = row * input_row_units + first * head_units + column;
  vec4 value = sum_of_heads(at, count);
  if ((is_query || is_key(part)) && column < 2 * half_units) {
    value = rotated(
      value, sum_of_heads(uint(int(at) + partner(column)), count), column, position_of(row), -1.0);
  }
  put_dx(unit, value);
}
