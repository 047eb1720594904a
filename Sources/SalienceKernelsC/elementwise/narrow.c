#include "salience_kernels.h"
#include "simd.h"

typedef uint16_t h16v __attribute__((ext_vector_type(16)));

// What AVX512-BF16's instruction does, so that every instruction set gives the same bits: ties go to the even number, a
// NaN stays one and becomes quiet, and a subnormal number becomes a zero of its sign.
SALIENCE_INLINE h16v narrow_bf16(f16v x) {
  u16v bits = (u16v)x;
  u16v magnitude = bits & 0x7fffffffu;
  u16v rounded = (bits + (0x7fffu + ((bits >> 16) & 1u))) >> 16;
  rounded = magnitude > 0x7f800000u ? (bits >> 16) | 0x40u : rounded;
  rounded = magnitude < 0x00800000u ? (bits >> 16) & 0x8000u : rounded;
  return __builtin_convertvector(rounded, h16v);
}

SALIENCE_INLINE void narrow_body(const float *x, size_t n, uint16_t *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    h16v v = narrow_bf16(load16(x + i));
    __builtin_memcpy(y + i, &v, sizeof v);
  }
  if (i < n) {
    h16v v = narrow_bf16(load_part(x + i, n - i));
    __builtin_memcpy(y + i, &v, (n - i) * sizeof *y);
  }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define SALIENCE_AVX512_BF16 \
  __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512bf16,avx2,fma"), min_vector_width(512)))

SALIENCE_AVX512_BF16 static void narrow_avx512_bf16(const float *x, size_t n, uint16_t *y) {
  size_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    __m512bh v = _mm512_cvtne2ps_pbh(_mm512_loadu_ps(x + i + LANES), _mm512_loadu_ps(x + i));
    __builtin_memcpy(y + i, &v, sizeof v);
  }
  narrow_body(x + i, n - i, y + i);
}

SALIENCE_AVX512 static void narrow_avx512(const float *x, size_t n, uint16_t *y) { narrow_body(x, n, y); }
SALIENCE_AVX2 static void narrow_avx2(const float *x, size_t n, uint16_t *y) { narrow_body(x, n, y); }
static void narrow_baseline(const float *x, size_t n, uint16_t *y) { narrow_body(x, n, y); }

void salience_narrow_bf16_portable(const float *x, size_t n, uint16_t *y) {
  switch (instruction_set()) {
  case 2: narrow_avx512(x, n, y); break;
  case 1: narrow_avx2(x, n, y); break;
  default: narrow_baseline(x, n, y);
  }
}

void salience_narrow_bf16(const float *x, size_t n, uint16_t *y) {
  if (instruction_set() == 2 && __builtin_cpu_supports("avx512bf16")) {
    narrow_avx512_bf16(x, n, y);
  } else {
    salience_narrow_bf16_portable(x, n, y);
  }
}
#else
void salience_narrow_bf16_portable(const float *x, size_t n, uint16_t *y) { narrow_body(x, n, y); }
void salience_narrow_bf16(const float *x, size_t n, uint16_t *y) { narrow_body(x, n, y); }
#endif
