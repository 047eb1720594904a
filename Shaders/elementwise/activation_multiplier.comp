#version 450
#extension GL_GOOGLE_include_directive : require
// dx = dy (f(x) - f(z)) / (x - z), and dy f'(x) where x is z. Memory-bound: 16 bytes per element.

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
  const uint unit = invocation_index(), units = counts[extent] * row_units;
  if (unit < units) put_dx(unit, gradient(unit) * activation_multiplier(FUNCTION, x(unit), partner(unit)));
}
