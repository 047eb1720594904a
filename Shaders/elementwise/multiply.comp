#version 450
#extension GL_GOOGLE_include_directive : require
// y = a * b, element by element. Memory-bound: 12 bytes per element.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

READS(0, a)
READS(1, b)
WRITES(2, y)
COUNTS(3)

void main() {
  const uint unit = invocation_index(), units = counts[extent] * row_units;
  if (unit < units) put_y(unit, a(unit) * b(unit));
}
