#version 450
#extension GL_GOOGLE_include_directive : require
// y = f(a) * b, a row of x holding a and b side by side. Memory-bound: 12 bytes per element of y.

layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint FUNCTION = 0;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/exponential.glsl"
#include "include/activation_functions.glsl"

READS(0, x)
WRITES(1, y)
COUNTS(2)

void main() {
  const uint unit = invocation_index(), row = unit / row_units;
  if (row >= counts[extent]) return;
  const uint at = unit + row * row_units;
  vec4 value, slope;
  activate(FUNCTION, x(at), value, slope);
  put_y(unit, value * x(at + row_units));
}
