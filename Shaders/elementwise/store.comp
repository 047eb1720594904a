#version 450
#extension GL_GOOGLE_include_directive : require
// Copies rows to `first` and after, with zeros where `zeroed` is not 0. Memory-bound: 8 bytes per element.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint rows;
  uint row_units;
  uint first;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"

READS(0, x)
WRITES(1, y)
layout(std430, set = 0, binding = 2) readonly buffer Zeroed { uint zeroed[]; };

void main() {
  const uint unit = invocation_index();
  const uint row = unit / row_units;
  if (row >= rows) return;
  vec4 value = vec4(0.0);
  if (zeroed[row] == 0) value = x(unit);
  put_y(first * row_units + unit, value);
}
