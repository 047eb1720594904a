#version 450
#extension GL_GOOGLE_include_directive : require
// dy b f'(a) and dy f(a) side by side, a row of x holding a and b; where they share dy, half of it each, with f(a) / a
// in place of f'(a). Memory-bound: 20 bytes per element of dy.

layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint FUNCTION = 0;
layout(constant_id = 3) const bool SHARED = false;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/exponential.glsl"
#include "include/activation_functions.glsl"
#include "include/activation_quotient.glsl"

READS(0, gradient)
READS(1, x)
WRITES(2, dx)
COUNTS(3)

void main() {
  const uint unit = invocation_index(), row = unit / row_units;
  if (row >= counts[extent]) return;
  const uint at = unit + row * row_units;
  vec4 dy = gradient(unit), value, slope;
  activate(FUNCTION, x(at), value, slope);
  if (SHARED) {
    vec4 nothing, at_zero;
    activate(FUNCTION, vec4(0.0), nothing, at_zero);
    slope = activation_quotient(x(at), value, at_zero);
    dy *= 0.5;
  }
  put_dx(at, dy * x(at + row_units) * slope);
  put_dx(at + row_units, dy * value);
}
