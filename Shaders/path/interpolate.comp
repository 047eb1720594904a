#version 450
#extension GL_GOOGLE_include_directive : require
// y[t] = x' + α (x - x') with the rows of the example that token t's sequence belongs to. Memory-bound: 12 bytes an
// element, of which the points of one example share 8 in the cache.

layout(constant_id = 1) const bool VECTOR = true;

layout(push_constant) uniform Push {
  uint rows;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"

READS(0, x)
READS(1, baseline)
WRITES(2, y)
layout(std430, set = 0, binding = 3) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 4) readonly buffer Sequences { uint sequences[]; };
layout(std430, set = 0, binding = 5) readonly buffer ExampleRows { uint example_rows[]; };
layout(std430, set = 0, binding = 6) readonly buffer Alphas { float alphas[]; };

void main() {
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint sequence = sequences[row];
  const uint source = (example_rows[sequence] + row - offsets[sequence]) * row_units + column;
  const float alpha = alphas[sequence];
  // x' + (x - x') may differ from x by rounding, so the end points are copied.
  if (alpha == 0.0) {
    put_y(unit, baseline(source));
  } else if (alpha == 1.0) {
    put_y(unit, x(source));
  } else {
    const vec4 start = baseline(source);
    put_y(unit, fma(vec4(alpha), x(source) - start, start));
  }
}
