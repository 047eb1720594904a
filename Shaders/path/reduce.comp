#version 450
#extension GL_GOOGLE_include_directive : require
// Σ p and Σ p² over each row with p = (x - x') g, g or |g|, each as two numbers whose sum it is. LANES invocations per
// row.
//
// A completeness check subtracts such sums from the model's outputs, so they carry the precision of float64, which
// few devices have. Memory-bound: 12 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint LANES = 32;
layout(constant_id = 2) const uint REDUCTION = 0;  // 0: (x - x') g, 1: g, 2: |g|

layout(push_constant) uniform Push {
  uint rows;
  uint width;
};

#include "include/invocation.glsl"
#include "include/compensated.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Inputs { float x[]; };
layout(std430, set = 0, binding = 1) readonly buffer Baselines { float baseline[]; };
layout(std430, set = 0, binding = 2) readonly buffer Gradients { float gradient[]; };
layout(std430, set = 0, binding = 3) writeonly buffer Sums { vec4 sums[]; };

#include "include/token_reduction.glsl"

shared vec4 slots[GROUP];

void main() {
  const uint own = invocation_index() / LANES, id = gl_LocalInvocationID.x, lane = id % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the barriers
  vec2 sum = vec2(0.0), square = vec2(0.0);
  for (uint column = lane; column < width; column += LANES) {
    const vec2 p = reduced_element(row * width + column);
    sum = compensated_sum(sum, p);
    square = compensated_sum(square, compensated_product(p, p));
  }
  slots[id] = vec4(sum, square);
  barrier();
  for (uint distance = LANES / 2; distance > 0; distance /= 2) {
    if (lane < distance) {
      const vec4 a = slots[id], b = slots[id + distance];
      slots[id] = vec4(compensated_sum(a.xy, b.xy), compensated_sum(a.zw, b.zw));
    }
    barrier();
  }
  if (lane == 0 && own < rows) sums[row] = slots[id];
}
