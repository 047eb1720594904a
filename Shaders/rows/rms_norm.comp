#version 450
#extension GL_GOOGLE_include_directive : require
// y = s r γ with r = 1 / sqrt(mean(s²) + ε) and s = x, or x + residual, the mean over each group of columns; columns
// past the groups are s. A row's segments are its groups and, where there are any, the columns past them; LANES
// invocations per segment. Memory-bound: 8 bytes per element, 4 more each for a residual and for saving s.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;
layout(constant_id = 3) const bool RESIDUAL = false;
layout(constant_id = 4) const bool ROOT = false;
layout(constant_id = 5) const bool SUM = false;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint groups;
  uint group_units;
  uint segments;
  float size;
  float epsilon;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

READS(0, x)
READS(1, residual)
READS(2, gamma)
WRITES(3, y)
layout(std430, set = 0, binding = 4) writeonly buffer Roots { float inverse_root[]; };
WRITES(5, sum)
COUNTS(6)

vec4 summand(uint unit) {
  if (RESIDUAL) return x(unit) + residual(unit);
  return x(unit);
}

void main() {
  const uint all = counts[extent] * segments;
  if (group_index() * (GROUP / LANES) >= all) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint at = min(own, all - 1);  // segments past the end take part in the sums' barriers
  const uint row = at / segments, segment = at % segments;
  const bool is_group = segment < groups;
  const uint first = segment * group_units, start = row * row_units + first;
  const uint units = is_group ? group_units : row_units - first;
  vec4 squares = vec4(0.0);
  if (is_group) {
    for (uint u = lane; u < units; u += LANES) {
      const vec4 s = summand(start + u);
      squares = fma(s, s, squares);
    }
  }
  const float r = 1.0 / sqrt(lanes_sum(vec2(sum_of(squares), 0.0)).x / size + epsilon);
  if (own >= all) return;
  for (uint u = lane; u < units; u += LANES) {
    const vec4 s = summand(start + u);
    if (SUM) put_sum(start + u, s);
    put_y(start + u, is_group ? s * r * gamma(first + u) : s);
  }
  if (ROOT && is_group && lane == 0) inverse_root[row * groups + segment] = r;
}
