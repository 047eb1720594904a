#version 450
#extension GL_GOOGLE_include_directive : require
// y = a + b, element by element. Memory-bound: 12 bytes an element.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push { uint units; };

#include "include/invocation.glsl"
#include "include/elements.glsl"

READS(0, a)
READS(1, b)
WRITES(2, y)

void main() {
  const uint unit = invocation_index();
  if (unit < units) put_y(unit, a(unit) + b(unit));
}
