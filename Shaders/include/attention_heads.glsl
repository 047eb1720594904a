// One head of matrices whose rows hold the heads side by side, four elements of the head at a time.
//
// HEAD_READS(slot, a) declares a buffer and `vec4 a(start, v)`: vector v of the head whose first element is `start`,
// zeros past its end; HEAD_WRITES(slot, c) a buffer and `put_c(start, v, value)`.

layout(constant_id = 1) const bool VECTOR = true;  // the head size is a multiple of 4
layout(constant_id = 2) const uint HEAD_SIZE = 64;

const uint HEAD_VECTORS = (HEAD_SIZE + 3) / 4;

#define HEAD_READS(slot, name)                                                                           \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_scalars { float name##_scalars[]; }; \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_vectors { vec4 name##_vectors[]; };  \
  vec4 name(uint start, uint v) {                                                                        \
    vec4 value = vec4(0.0);                                                                              \
    if (VECTOR) {                                                                                        \
      if (v < HEAD_VECTORS) value = name##_vectors[start / 4 + v];                                       \
    } else {                                                                                             \
      for (uint i = 0; i < 4; i++) {                                                                     \
        if (v * 4 + i < HEAD_SIZE) value[i] = name##_scalars[start + v * 4 + i];                         \
      }                                                                                                  \
    }                                                                                                    \
    return value;                                                                                        \
  }

#define HEAD_WRITES(slot, name)                                                                           \
  layout(std430, set = 0, binding = slot) writeonly buffer name##_of_scalars { float name##_scalars[]; }; \
  layout(std430, set = 0, binding = slot) writeonly buffer name##_of_vectors { vec4 name##_vectors[]; };  \
  void put_##name(uint start, uint v, vec4 value) {                                                       \
    if (VECTOR) {                                                                                         \
      if (v < HEAD_VECTORS) name##_vectors[start / 4 + v] = value;                                        \
    } else {                                                                                              \
      for (uint i = 0; i < 4; i++) {                                                                      \
        if (v * 4 + i < HEAD_SIZE) name##_scalars[start + v * 4 + i] = value[i];                          \
      }                                                                                                   \
    }                                                                                                     \
  }
