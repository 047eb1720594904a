#pragma once

#include "vector_math.h"

/// The largest scaled score of a row, and the sum of exp(scaled score - maximum).
typedef struct {
  float maximum, sum;
} softmax_sum;

/// Replaces a row of scores s by exp(scale * s - maximum); memory is read and written up to a multiple of 16.
SALIENCE_INLINE softmax_sum softmax_row(float *scores, size_t count, float scale) {
  const size_t whole = count / LANES * LANES, rest = count - whole;
  f16v largest = -__builtin_inff();
  for (size_t i = 0; i < whole; i += LANES) { largest = maximum(load16(scores + i) * scale, largest); }
  const i16v mask = first_lanes(rest);
  if (rest) {
    f16v last = load16(scores + whole) * scale;
    largest = maximum(mask ? last : largest, largest);
  }
  const float top = horizontal_maximum(largest);
  f16v sum = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v e = vector_exp(load16(scores + i) * scale - top);
    store16(scores + i, e);
    sum += e;
  }
  if (rest) {
    f16v e = vector_exp(load16(scores + whole) * scale - top);
    e = mask ? e : (f16v)0.0f;
    store16(scores + whole, e);
    sum += e;
  }
  return (softmax_sum){top, horizontal_sum(sum)};
}

/// ln x of a positive normal number, absolute error below 1e-13, by the series of artanh((m - 1) / (m + 1)).
SALIENCE_INLINE double natural_logarithm(float x) {
  union {
    float number;
    uint32_t bits;
  } u = {x};
  // Splits x = m * 2^exponent with m in [2/3, 4/3).
  const int32_t exponent = ((int32_t)(u.bits - 0x3f2aaaabu)) >> 23;
  u.bits -= (uint32_t)exponent << 23;
  const double m = u.number, s = (m - 1.0) / (m + 1.0), q = s * s;
  double p = 1.0 / 17.0;
  for (int odd = 15; odd >= 1; odd -= 2) { p = p * q + 1.0 / odd; }
  return 2.0 * s * p + exponent * 0.69314718055994531;
}
