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

/// `softmax_row` over elements first ..< end alone; the other elements up to `count` become 0.
SALIENCE_INLINE softmax_sum softmax_row_within(float *scores, size_t first, size_t end, size_t count, float scale) {
  const size_t start = first / LANES * LANES;
  f16v largest = -__builtin_inff();
  for (size_t i = start; i < end; i += LANES) {
    const f16v x = load16(scores + i) * scale;
    largest = maximum(lanes_within(first, end, i) ? x : largest, largest);
  }
  const float top = horizontal_maximum(largest);
  f16v sum = 0;
  for (size_t i = 0; i < start; i += LANES) { store16(scores + i, (f16v)0.0f); }
  for (size_t i = start; i < end; i += LANES) {
    f16v e = vector_exp(load16(scores + i) * scale - top);
    e = lanes_within(first, end, i) ? e : (f16v)0.0f;
    store16(scores + i, e);
    sum += e;
  }
  for (size_t i = (end + LANES - 1) / LANES * LANES; i < count; i += LANES) { store16(scores + i, (f16v)0.0f); }
  return (softmax_sum){top, horizontal_sum(sum)};
}

/// ln x of positive normal numbers, absolute error below 1e-7 plus rounding, by the series of
/// artanh((m - 1) / (m + 1)).
SALIENCE_INLINE f16v vector_log(f16v x) {
  // Splits x = m * 2^exponent with m in [2/3, 4/3).
  const i16v exponent = (bits_of(x) - 0x3f2aaaab) >> 23;
  const f16v m = float_of(bits_of(x) - (exponent << 23));
  const f16v s = (m - 1.0f) / (m + 1.0f), q = s * s;
  f16v p = q * (2.0f / 11.0f) + 2.0f / 9.0f;
  p = p * q + 2.0f / 7.0f;
  p = p * q + 2.0f / 5.0f;
  p = p * q + 2.0f / 3.0f;
  p = p * q + 2.0f;
  return __builtin_convertvector(exponent, f16v) * 0.693147181f + s * p;
}
