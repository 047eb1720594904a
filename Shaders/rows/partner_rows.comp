#version 450
#extension GL_GOOGLE_include_directive : require
// The row at the same place of the partner of each row's sequence, zeros where there is none; sequences 0 and 1 are
// partners, 2 and 3, and so on. Memory-bound: 8 bytes per element.

layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const bool TOKENS = true;  // whether rows are tokens, and sequences otherwise

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint sequence_extent;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 1) readonly buffer Sequences { uint sequences[]; };
READS(2, x)
WRITES(3, y)
COUNTS(4)

void main() {
  const uint unit = invocation_index(), row = unit / row_units;
  if (row >= counts[extent]) return;
  const uint own = TOKENS ? sequences[row] : row, partner = own ^ 1;
  bool is_there = partner < counts[sequence_extent];
  uint from = partner;
  if (TOKENS && is_there) {
    from = offsets[partner] + (row - offsets[own]);
    is_there = from < offsets[partner + 1];
  }
  vec4 value = vec4(0.0);
  if (is_there) value = x(from * row_units + unit % row_units);
  put_y(unit, value);
}
