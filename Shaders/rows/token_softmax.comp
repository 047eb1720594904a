#version 450
#extension GL_GOOGLE_include_directive : require
// y = exp(x - max(x)) / Σ exp(x - max(x)) over each column of a sequence's candidates, 0 at its other tokens. LANES
// invocations per sequence, one unit of columns after the other. Memory-bound: 8 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"
#include "include/column_reduction.glsl"
#include "include/exponential.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 1) readonly buffer Candidates { uint candidates[]; };
READS(2, x)
WRITES(3, y)
COUNTS(4)

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the sums' barriers
  const uint start = offsets[row], end = offsets[row + 1];
  for (uint column = 0; column < row_units; column++) {
    vec4 top = vec4(-3.402823466e38);
    for (uint t = start + lane; t < end; t += LANES) {
      if (candidates[t] != 0) top = max(top, x(t * row_units + column));
    }
    top = lanes_max_of_columns(top);
    vec4 total = vec4(0.0);
    for (uint t = start + lane; t < end; t += LANES) {
      if (candidates[t] != 0) total += exponential(x(t * row_units + column) - top);
    }
    total = lanes_sum_of_columns(total);
    // Without candidates there is nothing to divide.
    const vec4 reciprocal = mix(1.0 / total, vec4(0.0), equal(total, vec4(0.0)));
    if (own >= rows) continue;
    for (uint t = start + lane; t < end; t += LANES) {
      const vec4 e = candidates[t] != 0 ? exponential(x(t * row_units + column) - top) : vec4(0.0);
      put_y(t * row_units + column, e * reciprocal);
    }
  }
}
