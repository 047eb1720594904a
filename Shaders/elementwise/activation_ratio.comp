#version 450
#extension GL_GOOGLE_include_directive : require
// dx = dy y / x, and dy times the slope at 0 where x has no digits. Memory-bound: 16 bytes per element.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  float at_zero;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/activation_quotient.glsl"

READS(0, gradient)
READS(1, x)
READS(2, value)
WRITES(3, dx)
COUNTS(4)

void main() {
  const uint unit = invocation_index(), units = counts[extent] * row_units;
  if (unit < units) put_dx(unit, gradient(unit) * activation_quotient(x(unit), value(unit), vec4(at_zero)));
}
