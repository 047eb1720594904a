#version 450
#extension GL_GOOGLE_include_directive : require
// Each sequence's gradient in the row that it selects, zeros elsewhere.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer SelectedRows { uint selected_rows[]; };
layout(std430, set = 0, binding = 1) readonly buffer Sequences { uint sequences[]; };
READS(2, gradient)
WRITES(3, y)
COUNTS(4)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint sequence = sequences[row];
  vec4 value = vec4(0.0);
  if (selected_rows[sequence] == row) value = gradient(sequence * row_units + column);
  put_y(unit, value);
}
