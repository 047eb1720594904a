#include "salience_kernels.h"
#include "simd.h"

typedef uint16_t h16v __attribute__((ext_vector_type(16)));

SALIENCE_INLINE f16v widen_f16(h16v x) {
  u16v bits = __builtin_convertvector(x, u16v);
  u16v magnitude = bits & 0x7fff;
  // With the fraction in place the exponent is 112 too small, subnormal numbers included.
  f16v scaled = (f16v)(magnitude << 13) * 0x1p112f;
  u16v value = (u16v)scaled;
  value = magnitude >= 0x7c00 ? (magnitude << 13) | 0x7f800000u : value;
  return (f16v)(value | (bits & 0x8000u) << 16);
}

SALIENCE_INLINE f16v widen_bf16(h16v x) { return (f16v)(__builtin_convertvector(x, u16v) << 16); }

SALIENCE_INLINE h16v load_half(const uint16_t *p, size_t count) {
  h16v v = 0;
  __builtin_memcpy(&v, p, count * sizeof *p);
  return v;
}

SALIENCE_INLINE void salience_widen_f16_body(const uint16_t *x, size_t n, float *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) { store16(y + i, widen_f16(load_half(x + i, LANES))); }
  if (i < n) { store_part(y + i, widen_f16(load_half(x + i, n - i)), n - i); }
}

SALIENCE_INLINE void salience_widen_bf16_body(const uint16_t *x, size_t n, float *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) { store16(y + i, widen_bf16(load_half(x + i, LANES))); }
  if (i < n) { store_part(y + i, widen_bf16(load_half(x + i, n - i)), n - i); }
}

SALIENCE_DISPATCH(salience_widen_f16, (const uint16_t *x, size_t n, float *y), (x, n, y))
SALIENCE_DISPATCH(salience_widen_bf16, (const uint16_t *x, size_t n, float *y), (x, n, y))
