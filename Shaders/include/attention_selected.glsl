// Attention of one query a sequence over the keys that it sees.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint HEAD_SIZE = 64;

layout(push_constant) uniform Push {
  uint extent;
  uint width;  // H, a multiple of the head size
  uint heads;
  float scale;
  uint before;  // keys that a query sees in front of its own, at most 2^30
  uint after;
};

#include "attention_one_token.glsl"
#include "window.glsl"
