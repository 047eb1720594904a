#version 450
#extension GL_GOOGLE_include_directive : require
// Rows of float32 as matrix units read them: vectors of eight 16-bit numbers, the last of a row filled up with zeros,
// and behind all rows a factor in float32 for each. LANES invocations a row. Memory-bound: 10 bytes an element in f16,
// 6 in bf16.
//
// f16 ends at 2^-24 below and at 65504 above, where gradients do not. So a row is scaled by a power of two that brings
// its largest finite number to 2^14 or more, below 2^15: nothing overflows, and what is lost is 2^-39 of the largest.
// The factor undoes it, exactly. Numbers go to the nearest, ties to the even one; infinities and NaNs stay.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint LANES = 32;
layout(constant_id = 3) const uint PRECISION = 1;  // 1 f16, 2 bf16

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint width;
};

#include "include/invocation.glsl"
#include "include/matrix_operands.glsl"
#include "include/counts.glsl"
#include "include/reduction.glsl"

OPERAND(0, x)
layout(std430, set = 0, binding = 1) writeonly buffer ResultVectors { uvec4 result_vectors[]; };
layout(std430, set = 0, binding = 1) writeonly buffer ResultScalars { float result_scalars[]; };

COUNTS(2)

uvec4 f16(vec4 value) {
  const uvec4 bits = floatBitsToUint(value), magnitude = bits & 0x7FFFFFFFu;
  // Rounded to 11 significant bits, and the exponent's bias 127 brought to 15.
  const uvec4 normal = (magnitude + 0xFFF + (magnitude >> 13 & 1u) - (112u << 23)) >> 13;
  const uvec4 small = uvec4(roundEven(abs(value) * 16777216.0));  // multiples of 2^-24
  const uvec4 special = uvec4(0x7C00) | mix(uvec4(0), uvec4(0x200), greaterThan(magnitude, uvec4(0x7F800000u)));
  uvec4 result = mix(normal, small, lessThan(magnitude, uvec4(113u << 23)));
  result = mix(result, special, greaterThanEqual(magnitude, uvec4(0x7F800000u)));
  return result | bits >> 16 & 0x8000u;
}

uvec4 bf16(vec4 value) {
  const uvec4 bits = floatBitsToUint(value);
  const bvec4 isNaN = greaterThan(bits & 0x7FFFFFFFu, uvec4(0x7F800000u));
  return mix(bits + 0x7FFFu + (bits >> 16 & 1u), bits | 0x400000u, isNaN) >> 16;
}

uvec2 pairs(vec4 value) {
  const uvec4 halves = PRECISION == 1 ? f16(value) : bf16(value);
  return halves.xz | halves.yw << 16;
}

void main() {
  const uint rows = counts[extent];
  if (group_index() * (GROUP / LANES) >= rows) return;
  const uint own = invocation_index() / LANES, lane = gl_LocalInvocationID.x % LANES;
  const uint row = min(own, rows - 1);  // rows past the end take part in the maximum's barriers
  const uint vectors = (width + 7) / 8;
  float scale = 1.0, factor = 1.0;
  if (PRECISION == 1) {
    uvec4 exponents = uvec4(0);
    for (uint at = lane * 4; at < width; at += LANES * 4) {
      const uvec4 exponent = floatBitsToUint(x(row, at, width, VECTOR)) >> 23 & 0xFFu;
      exponents = max(exponents, mix(exponent, uvec4(0), equal(exponent, uvec4(0xFF))));
    }
    const float own_largest = float(max(max(exponents.x, exponents.y), max(exponents.z, exponents.w)));
    // The biased exponent of a power of two: no larger than 2^100, so that its inverse is no subnormal number.
    const uint exponent = min(268 - uint(lanes_max(own_largest)), 227);
    scale = uintBitsToFloat(exponent << 23);
    factor = uintBitsToFloat((254 - exponent) << 23);
  }
  if (own >= rows) return;
  for (uint vector = lane; vector < vectors; vector += LANES) {
    const uvec2 low = pairs(x(row, vector * 8, width, VECTOR) * scale);
    const uvec2 high = pairs(x(row, vector * 8 + 4, width, VECTOR) * scale);
    result_vectors[row * vectors + vector] = uvec4(low, high);
  }
  if (lane == 0) result_scalars[rows * vectors * 4 + row] = factor;
}
