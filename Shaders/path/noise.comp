#version 450
#extension GL_GOOGLE_include_directive : require
// values[first + t][h] += deviation * normal(seed, t, h) for the tokens t of one sequence: noise that depends on the
// seed and on an element's own place alone. One invocation draws the normals of four columns of a row.

layout(push_constant) uniform Push {
  uint rows;
  uint blocks;  // of four columns, the last perhaps partly filled
  uint first;
  uint width;
  uint seed_low;
  uint seed_high;
  float deviation;
};

#include "include/invocation.glsl"
#include "include/philox.glsl"

layout(std430, set = 0, binding = 0) buffer Values { float values[]; };

// ln(n / 2^24) for n in 1 ... 2^24: with n = m 2^e and m in sqrt(1/2) ... sqrt(2), e ln 2 + 2 artanh((m - 1) / (m + 1)),
// whose series ends below the resolution of float32. GLSL's own logarithm loses digits near 1.
float logarithm(uint n) {
  const uint bits = floatBitsToUint(float(n) * (1.0 / 16777216.0));
  float exponent = float(int(bits >> 23) - 127);
  float mantissa = uintBitsToFloat((bits & 0x7fffffu) | 0x3f800000u);
  if (mantissa > 1.4142135) {
    exponent += 1.0;
    mantissa *= 0.5;
  }
  const float s = (mantissa - 1.0) / (mantissa + 1.0);
  const float square = s * s;
  const float series = 1.0 + square * (1.0 / 3.0 + square * (0.2 + square * (1.0 / 7.0 + square * (1.0 / 9.0))));
  return exponent * 0.6931472 + 2.0 * s * series;
}

// cos and sin of 2 pi n / 2^24: an exact number of quarter turns, and the Taylor series within an eighth of one. GLSL's
// own are exact to 2^-11 only.
vec2 direction(uint n) {
  const uint quarter = (n + (1u << 21)) >> 22;
  const float x = float(int(n) - int(quarter << 22)) * (1.5707963 / 4194304.0);
  const float square = x * x;
  const float sine = x
    * (1.0 - square * (1.0 / 6.0 - square * (1.0 / 120.0 - square * (1.0 / 5040.0 - square * (1.0 / 362880.0)))));
  const float cosine =
    1.0 - square * (0.5 - square * (1.0 / 24.0 - square * (1.0 / 720.0 - square * (1.0 / 40320.0))));
  vec2 turned = (quarter & 1u) == 0u ? vec2(cosine, sine) : vec2(-sine, cosine);
  return (quarter & 2u) == 0u ? turned : -turned;
}

// Two standard normals from two words (Box and Muller).
vec2 normals(uint p, uint q) { return sqrt(-2.0 * logarithm((p >> 8) + 1u)) * direction(q >> 8); }

void main() {
  const uint unit = invocation_index();
  const uint row = unit / blocks, block = unit % blocks;
  if (row >= rows) return;
  const uvec4 words = philox(uvec4(block, row, 0u, 0u), uvec2(seed_low, seed_high));
  const vec4 drawn = vec4(normals(words.x, words.y), normals(words.z, words.w));
  const uint start = (first + row) * width;
  for (uint i = 0u; i < 4u; i++) {
    const uint column = 4u * block + i;
    if (column < width) values[start + column] += deviation * drawn[i];
  }
}
