#version 450
#extension GL_GOOGLE_include_directive : require
// dS = p (dP - Σ p dP) scale of each head of a sequence, in place of dP. LANES invocations per head of a sequence.
// Memory-bound: 12 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint LANES = 32;

layout(push_constant) uniform Push {
  uint extent;
  uint heads;
  float scale;
};

#include "include/invocation.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

layout(std430, set = 0, binding = 0) readonly buffer Probabilities { float probabilities[]; };  // T x A
layout(std430, set = 0, binding = 1) buffer Slopes { float slopes[]; };  // T x A
layout(std430, set = 0, binding = 2) readonly buffer Offsets { uint offsets[]; };
COUNTS(3)

void main() {
  const uint pairs = counts[extent] * heads;
  if (group_index() * (GROUP / LANES) >= pairs) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint pair = min(own, pairs - 1);  // pairs past the end take part in the sum's barriers
  const uint sequence = pair / heads, start = offsets[sequence], length = offsets[sequence + 1] - start;
  const uint first = start * heads + pair % heads * length;
  float mean = 0.0;
  for (uint j = lane; j < length; j += LANES) mean = fma(probabilities[first + j], slopes[first + j], mean);
  mean = lanes_sum(vec2(mean, 0.0)).x;
  if (own >= pairs) return;
  for (uint j = lane; j < length; j += LANES) {
    slopes[first + j] = probabilities[first + j] * (slopes[first + j] - mean) * scale;
  }
}
