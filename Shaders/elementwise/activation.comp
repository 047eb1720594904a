#version 450
#extension GL_GOOGLE_include_directive : require
// y = f(x), and f'(x) where a backward pass will want it.
// Memory-bound: 8 bytes per element, or 12 with the derivative.

layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint FUNCTION = 0;
layout(constant_id = 3) const bool DERIVATIVE = true;

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
WRITES(2, derivative)
COUNTS(3)

void main() {
  const uint unit = invocation_index(), units = counts[extent] * row_units;
  if (unit >= units) return;
  vec4 value, slope;
  activate(FUNCTION, x(unit), value, slope);
  put_y(unit, value);
  if (DERIVATIVE) put_derivative(unit, slope);
}
