#version 450
#extension GL_GOOGLE_include_directive : require
// Query and key heads rotated by their row's position; key and value heads repeated until there are as many as of
// queries. An invocation a unit of y. Memory-bound: 4 bytes an element of y, 4 of x, which repetitions and the other
// half of a head find in the cache.

layout(constant_id = 1) const bool VECTOR = true;

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/rotary.glsl"

READS(0, x)
WRITES(4, y)
COUNTS(5)

void main() {
  const uint unit = invocation_index(), row = unit / row_units;
  if (row >= counts[extent]) return;
  const uint head = unit % row_units / head_units, column = unit % row_units % head_units;
  const uint part = head / heads;
  const bool is_query = QUERY && part == 0;
  const uint source = is_query
    ? head
    : QUERY_PARTS * heads + (part - QUERY_PARTS) * key_heads + head % heads / (heads / key_heads);
  const uint at = row * input_row_units + source * head_units + column;
  vec4 value = x(at);
  if ((is_query || is_key(part)) && column < 2 * half_units) {
    value = rotated(value, x(uint(int(at) + partner(column))), column, position_of(row), 1.0);
  }
  put_y(unit, value);
}
