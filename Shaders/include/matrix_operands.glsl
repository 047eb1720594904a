// Row-major matrices read and written four neighbours at a time, with zeros past the end of a row.
//
// OPERAND(slot, a) declares a buffer and `vec4 a(row, at, width, vectors)`: the elements at ..< at + 4 of a row, where
// `vectors` says that the width is a multiple of 4. RESULT(slot, c) declares a buffer and `put_c(row, at, value)`.

#define OPERAND(slot, name)                                                                              \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_scalars { float name##_scalars[]; }; \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_vectors { vec4 name##_vectors[]; };  \
  vec4 name(uint row, uint at, uint width, bool vectors) {                                               \
    vec4 value = vec4(0.0);                                                                              \
    if (vectors) {                                                                                       \
      if (at < width) value = name##_vectors[(row * width + at) / 4];                                    \
    } else {                                                                                             \
      for (uint i = 0; i < 4; i++) {                                                                     \
        if (at + i < width) value[i] = name##_scalars[row * width + at + i];                             \
      }                                                                                                  \
    }                                                                                                    \
    return value;                                                                                        \
  }

#define RESULT(slot, name)                                                                                \
  layout(std430, set = 0, binding = slot) writeonly buffer name##_of_scalars { float name##_scalars[]; }; \
  layout(std430, set = 0, binding = slot) writeonly buffer name##_of_vectors { vec4 name##_vectors[]; };  \
  void put_##name(uint row, uint at, vec4 value) {                                                        \
    if (VECTOR_COLUMNS) {                                                                                 \
      name##_vectors[(row * columns + at) / 4] = value;                                                   \
    } else {                                                                                              \
      for (uint i = 0; i < 4; i++) {                                                                      \
        if (at + i < columns) name##_scalars[row * columns + at + i] = value[i];                          \
      }                                                                                                   \
    }                                                                                                     \
  }
