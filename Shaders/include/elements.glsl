// Matrices read and written in units: four elements where the width is a multiple of 4, one element elsewhere.
//
// READS(slot, x) declares a buffer and `vec4 x(unit)`; WRITES(slot, y) declares a buffer and `put_y(unit, value)`.
// A unit of one element stands in the first component, and the others are 0. Needs the constant VECTOR.

#define READS(slot, name)                                                                               \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_scalars { float name##_scalars[]; }; \
  layout(std430, set = 0, binding = slot) readonly buffer name##_of_vectors { vec4 name##_vectors[]; };  \
  vec4 name(uint unit) {                                                                                \
    if (VECTOR) return name##_vectors[unit];                                                            \
    return vec4(name##_scalars[unit], 0.0, 0.0, 0.0);                                                   \
  }

#define WRITES(slot, name)                                                                               \
  layout(std430, set = 0, binding = slot) writeonly buffer name##_of_scalars { float name##_scalars[]; }; \
  layout(std430, set = 0, binding = slot) writeonly buffer name##_of_vectors { vec4 name##_vectors[]; };  \
  void put_##name(uint unit, vec4 value) {                                                               \
    if (VECTOR) name##_vectors[unit] = value;                                                            \
    else name##_scalars[unit] = value.x;                                                                 \
  }

// 1 where a unit holds an element.
vec4 occupied() { return VECTOR ? vec4(1.0) : vec4(1.0, 0.0, 0.0, 0.0); }

float sum_of(vec4 v) { return (v.x + v.y) + (v.z + v.w); }

// Of a unit of one element, that element.
float largest_of(vec4 v) { return VECTOR ? max(max(v.x, v.y), max(v.z, v.w)) : v.x; }
