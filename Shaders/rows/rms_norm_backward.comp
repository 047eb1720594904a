#version 450
#extension GL_GOOGLE_include_directive : require
// ds = r (g - n mean(g n)) with g = dy γ, n = s r and r = 1 / sqrt(mean(s²) + ε), over each group of columns; dy past
// the groups; r g where r is held. LANES invocations per segment, as in `rms_norm.comp`. Memory-bound: 12 bytes per
// element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;
layout(constant_id = 3) const bool HELD = false;

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint groups;
  uint group_units;
  uint segments;
  float size;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

READS(0, gradient)
READS(1, sum)
layout(std430, set = 0, binding = 2) readonly buffer Roots { float inverse_root[]; };
READS(3, gamma)
WRITES(4, dx)
COUNTS(5)

void main() {
  const uint all = counts[extent] * segments;
  if (group_index() * (GROUP / LANES) >= all) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint at = min(own, all - 1);  // segments past the end take part in the sums' barriers
  const uint row = at / segments, segment = at % segments;
  const bool is_group = segment < groups;
  const uint first = segment * group_units, start = row * row_units + first;
  const uint units = is_group ? group_units : row_units - first;
  const float r = is_group ? inverse_root[row * groups + segment] : 1.0;
  vec4 projection = vec4(0.0);
  if (is_group && !HELD) {
    for (uint u = lane; u < units; u += LANES) {
      projection = fma(gradient(start + u) * gamma(first + u), sum(start + u), projection);
    }
  }
  const float slope = lanes_sum(vec2(sum_of(projection), 0.0)).x * r / size * r;
  if (own >= all) return;
  for (uint u = lane; u < units; u += LANES) {
    const vec4 g = gradient(start + u);
    if (!is_group) put_dx(start + u, g);
    else if (HELD) put_dx(start + u, r * (g * gamma(first + u)));
    else put_dx(start + u, r * (g * gamma(first + u) - sum(start + u) * slope));
  }
}
