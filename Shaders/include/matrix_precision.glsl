// Operands of matrix products in float32, f16 or bf16; sums are float32 in all of them.
//
// A weight in half precision is a row-major matrix of 16-bit words, two a uint, the first in the low half. `rounded`
// brings the other operand to the nearest number of as many significant bits, ties to the even one, on the bits
// themselves: drivers may round packHalf2x16 either way. Shared memory holds float32 all the same: to unpack what is
// read from it would cost an instruction for every four multiply-adds, which are what takes the time.
//
// f16 ends at 2^-24 below and at 65504 above, where gradients do not. So `rounded` keeps float32's exponent: every
// element has a power of two of its own to scale it, which is exact, the same in every run, and owes nothing to other
// rows. The weight is scaled by one power of two as it is stored, and `scale` takes that from the sums again, exactly.

layout(constant_id = 8) const uint PRECISION = 0;  // 0 float32, 1 f16, 2 bf16

// What sums are multiplied with in f16, the same in every row.
float scale_of(uint row) { return scale; }

const uint SIGNIFICAND_BITS_DROPPED = PRECISION == 1 ? 13 : 16;

// The nearest number with f16's or bf16's significand; infinities and NaNs stay what they are.
vec4 rounded(vec4 value) {
  if (PRECISION == 0) return value;
  const uint unit = 1u << SIGNIFICAND_BITS_DROPPED;
  const uvec4 bits = floatBitsToUint(value);
  const uvec4 nearest = (bits + (unit / 2 - 1) + (bits >> SIGNIFICAND_BITS_DROPPED & 1u)) & ~(unit - 1);
  const bvec4 isNaN = greaterThan(bits & 0x7FFFFFFFu, uvec4(0x7F800000u));
  return uintBitsToFloat(mix(nearest, bits, isNaN));
}

vec2 widened(uint pair) {
  return PRECISION == 1 ? unpackHalf2x16(pair) : uintBitsToFloat(uvec2(pair << 16, pair & 0xFFFF0000u));
}

// WEIGHT(slot, w) declares a buffer and `vec4 w(row, at, width, vectors)`, as OPERAND does, in any precision.
#define WEIGHT(slot, name)                                                                          \
  OPERAND(slot, name##_in_float32)                                                                  \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_words { uint name##_words[]; }; \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_pairs { uvec2 name##_pairs[]; }; \
  vec4 name(uint row, uint at, uint width, bool vectors) {                                          \
    if (PRECISION == 0) return name##_in_float32(row, at, width, vectors);                          \
    vec4 value = vec4(0.0);                                                                         \
    if (vectors) {                                                                                  \
      if (at < width) {                                                                             \
        const uvec2 pairs = name##_pairs[(row * width + at) / 4];                                   \
        value = vec4(widened(pairs.x), widened(pairs.y));                                           \
      }                                                                                             \
    } else {                                                                                        \
      for (uint i = 0; i < 4; i++) {                                                                \
        const uint element = row * width + at + i;                                                  \
        if (at + i < width) value[i] = widened(name##_words[element / 2])[element % 2];             \
      }                                                                                             \
    }                                                                                               \
    return value;                                                                                   \
  }
