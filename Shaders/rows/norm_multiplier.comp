#version 450
#extension GL_GOOGLE_include_directive : require
// r s / (r + s) (2 (g - mean(g)) - mean(g (n + m)) (s n + r m) / (r + s)) with g = dy γ, n and m the normalised rows of
// both inputs and r and s their inverse roots, over each group of columns; dy past the groups. The mean of g is left out
// where rows are not centred. LANES invocations per segment, as in `rms_norm.comp`. Memory-bound: 16 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;
layout(constant_id = 3) const bool CENTERED = false;  // whether the rows are centred and normalised; neither otherwise

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
READS(1, x)
READS(2, partner)
layout(std430, set = 0, binding = 3) readonly buffer Roots { float inverse_root[]; };
layout(std430, set = 0, binding = 4) readonly buffer PartnerRoots { float partner_root[]; };
READS(5, gamma)
WRITES(6, dx)
COUNTS(7)

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
  const float s = is_group ? partner_root[row * groups + segment] : 1.0;
  const float own_factor = CENTERED ? 1.0 : r, partner_factor = CENTERED ? 1.0 : s;
  vec4 total = vec4(0.0), projection = vec4(0.0);
  if (is_group) {
    for (uint u = lane; u < units; u += LANES) {
      const vec4 g = gradient(start + u) * gamma(first + u);
      total += g;
      projection = fma(g, x(start + u) * own_factor + partner(start + u) * partner_factor, projection);
    }
  }
  const vec2 means = lanes_sum(vec2(sum_of(total), sum_of(projection))) / size;
  if (own >= all) return;
  const float mean = CENTERED ? means.x : 0.0, shared_root = r * (s / (r + s));
  const float own_share = own_factor * (s / (r + s)), partner_share = partner_factor * (r / (r + s));
  for (uint u = lane; u < units; u += LANES) {
    const vec4 dy = gradient(start + u);
    if (!is_group) {
      put_dx(start + u, dy);
    } else {
      const vec4 n = x(start + u) * own_share + partner(start + u) * partner_share;
      put_dx(start + u, shared_root * (2.0 * (dy * gamma(first + u) - mean) - means.y * n));
    }
  }
}
