#version 450
#extension GL_GOOGLE_include_directive : require
// Σ dO O over each head of each token, [T x A]: what the softmax's gradient subtracts from dP.
// Memory-bound: 8 bytes per element. One invocation per head.

#include "include/invocation.glsl"
#include "include/attention_heads.glsl"
#include "include/counts.glsl"

layout(push_constant) uniform Push {
  uint extent;
  uint heads;
};

HEAD_READS(0, gradient)
HEAD_READS(1, context)
layout(std430, set = 0, binding = 2) writeonly buffer Offsets { float offsets[]; };
COUNTS(3)

void main() {
  const uint index = invocation_index();
  if (index >= counts[extent] * heads) return;
  vec4 sum = vec4(0.0);
  for (uint v = 0; v < HEAD_VECTORS; v++) {
    sum = fma(gradient(index * HEAD_SIZE, v), context(index * HEAD_SIZE, v), sum);
  }
  offsets[index] = (sum.x + sum.y) + (sum.z + sum.w);
}
