#version 450
#extension GL_GOOGLE_include_directive : require
// Scores of each sequence's selected token to its probabilities over the keys of its window, in place, a head at a
// time: 0 for the other keys. LANES invocations per head of a sequence. Memory-bound: 8 bytes per element.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint LANES = 32;

layout(push_constant) uniform Push {
  uint extent;
  uint heads;
  float scale;
  uint before;  // keys that a query sees in front of its own, at most 2^30
  uint after;
};

#include "include/invocation.glsl"
#include "include/exponential.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"
#include "include/window.glsl"

layout(std430, set = 0, binding = 0) buffer Scores { float scores[]; };  // T x A
layout(std430, set = 0, binding = 1) readonly buffer Offsets { uint offsets[]; };
layout(std430, set = 0, binding = 2) readonly buffer SelectedRows { uint selected_rows[]; };  // [B], over the batch
COUNTS(3)

void main() {
  const uint pairs = counts[extent] * heads;
  if (group_index() * (GROUP / LANES) >= pairs) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint pair = min(own, pairs - 1);  // pairs past the end take part in the sums' barriers
  const uint sequence = pair / heads, start = offsets[sequence], length = offsets[sequence + 1] - start;
  const uint first = start * heads + pair % heads * length;
  const uvec2 seen = keys_seen(selected_rows[sequence] - start, length);
  float top = -3.402823466e38;
  for (uint j = seen.x + lane; j < seen.y; j += LANES) top = max(top, scores[first + j] * scale);
  top = lanes_max(top);
  float total = 0.0;
  for (uint j = seen.x + lane; j < seen.y; j += LANES) total += exponential(scores[first + j] * scale - top);
  total = lanes_sum(vec2(total, 0.0)).x;
  if (own >= pairs) return;
  for (uint j = lane; j < length; j += LANES) {
    const bool is_seen = j >= seen.x && j < seen.y;
    scores[first + j] = is_seen ? exponential(scores[first + j] * scale - top) / total : 0.0;
  }
}
