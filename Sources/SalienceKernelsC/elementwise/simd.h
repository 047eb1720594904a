#pragma once

#include <stddef.h>
#include <stdint.h>

// Vectors pass between inlined helpers only, so how a call would pass them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// Sixteen lanes on every instruction set: one AVX-512 register, two of AVX2, four of SSE or NEON. As the lanes are
// fixed, so is the order of every sum.
typedef float f16v __attribute__((ext_vector_type(16)));
typedef float f8v __attribute__((ext_vector_type(8)));
typedef float f4v __attribute__((ext_vector_type(4)));
typedef int32_t i16v __attribute__((ext_vector_type(16)));
typedef uint32_t u16v __attribute__((ext_vector_type(16)));

enum { LANES = 16 };

// Forced inlining carries a helper into each instruction set's copy of its caller, where it is compiled for that set.
#define SALIENCE_INLINE static inline __attribute__((always_inline))

SALIENCE_INLINE f16v load16(const float *p) {
  f16v v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

SALIENCE_INLINE void store16(float *p, f16v v) { __builtin_memcpy(p, &v, sizeof v); }

/// The first `count` lanes from memory, the others zero.
SALIENCE_INLINE f16v load_part(const float *p, size_t count) {
  f16v v = 0;
  __builtin_memcpy(&v, p, count * sizeof *p);
  return v;
}

SALIENCE_INLINE void store_part(float *p, f16v v, size_t count) { __builtin_memcpy(p, &v, count * sizeof *p); }

SALIENCE_INLINE i16v lane_numbers(void) { return (i16v){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}; }

/// All ones in the first `count` lanes.
SALIENCE_INLINE i16v first_lanes(size_t count) { return lane_numbers() < (i16v)(int32_t)count; }

/// All ones in the lanes of elements first ..< end, where lane 0 is element `start`.
SALIENCE_INLINE i16v lanes_within(size_t first, size_t end, size_t start) {
  const i16v element = lane_numbers() + (int32_t)start;
  return (element >= (int32_t)first) & (element < (int32_t)end);
}

SALIENCE_INLINE f16v maximum(f16v a, f16v b) { return a > b ? a : b; }
SALIENCE_INLINE f16v minimum(f16v a, f16v b) { return a < b ? a : b; }
// Between vectors of one size a cast keeps the bits.
SALIENCE_INLINE i16v bits_of(f16v v) { return (i16v)v; }
SALIENCE_INLINE f16v float_of(i16v v) { return (f16v)v; }
SALIENCE_INLINE f16v absolute(f16v v) { return float_of(bits_of(v) & 0x7fffffff); }

SALIENCE_INLINE float horizontal_sum(f16v v) {
  f8v eight = v.lo + v.hi;
  f4v four = eight.lo + eight.hi;
  return (four.x + four.z) + (four.y + four.w);
}

SALIENCE_INLINE float horizontal_maximum(f16v v) {
  f8v eight = v.lo > v.hi ? v.lo : v.hi;
  f4v four = eight.lo > eight.hi ? eight.lo : eight.hi;
  float even = four.x > four.z ? four.x : four.z;
  float odd = four.y > four.w ? four.y : four.w;
  return even > odd ? even : odd;
}

// Run-time dispatch. The features are named one by one, because older compiler run-time libraries do not know the
// x86-64 levels; function multiversioning is not used, because static C libraries lack its indirect functions.
// SALIENCE_ISA forces one instruction set (2, 1 or 0), for tests.
#if defined(__x86_64__)

#define SALIENCE_AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"), min_vector_width(512)))
#define SALIENCE_AVX2 __attribute__((target("avx2,fma")))

SALIENCE_INLINE int instruction_set(void) {
#ifdef SALIENCE_ISA
  return SALIENCE_ISA;
#else
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return 2;
  }
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;
#endif
}

/// Defines `name` from the always-inlined `name_body`, compiled once per instruction set.
#define SALIENCE_DISPATCH(name, parameters, arguments)                  \
  SALIENCE_AVX512 static void name##_avx512 parameters { name##_body arguments; } \
  SALIENCE_AVX2 static void name##_avx2 parameters { name##_body arguments; }     \
  static void name##_baseline parameters { name##_body arguments; }     \
  void name parameters {                                                \
    switch (instruction_set()) {                                        \
    case 2: name##_avx512 arguments; break;                             \
    case 1: name##_avx2 arguments; break;                               \
    default: name##_baseline arguments;                                 \
    }                                                                   \
  }

#else

#define SALIENCE_DISPATCH(name, parameters, arguments) \
  void name parameters { name##_body arguments; }

#endif
