#version 450
#extension GL_GOOGLE_include_directive : require
// dy (b + b') / 2 (f(a) - f(a')) / (a - a') and dy (f(a) + f(a')) / 2 side by side, rows holding a and b.
// Memory-bound: 28 bytes per element of dy.

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
#include "include/multipliers/logarithmic_mean.glsl"
#include "include/multipliers/activation_multiplier.glsl"

READS(0, gradient)
READS(1, x)
READS(2, partner)
WRITES(3, dx)
COUNTS(4)

void main() {
  const uint unit = invocation_index(), row = unit / row_units;
  if (row >= counts[extent]) return;
  const uint at = unit + row * row_units;
  const vec4 dy = gradient(unit), gate = mean_of(x(at + row_units), partner(at + row_units));
  vec4 value, other, slope;
  activate(FUNCTION, x(at), value, slope);
  activate(FUNCTION, partner(at), other, slope);
  put_dx(at, dy * gate * activation_multiplier(FUNCTION, x(at), partner(at)));
  put_dx(at + row_units, dy * mean_of(value, other));
}
