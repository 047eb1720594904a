#pragma once

#include "attention_layout.h"
#include "vector_math.h"

SALIENCE_INLINE float inner_product(const float *a, const float *b, size_t count) {
  f16v sum = 0;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) { sum += load16(a + i) * load16(b + i); }
  if (i < count) { sum += load_part(a + i, count - i) * load_part(b + i, count - i); }
  return horizontal_sum(sum);
}

/// From scores and dP of one query to P and dS = P * (dP - sum(dO * O)) * scale, in place.
SALIENCE_INLINE void softmax_backward_row(float *scores, float *gradient, size_t count, float scale, float log_sum_exp,
                                          float offset) {
  for (size_t i = 0; i < count; i += LANES) {
    f16v p = vector_exp(load16(scores + i) * scale - log_sum_exp);
    store16(scores + i, p);
    store16(gradient + i, p * (load16(gradient + i) - offset) * scale);
  }
}

/// `softmax_backward_row` over elements first ..< end alone; the other elements up to `count` become 0.
SALIENCE_INLINE void softmax_backward_row_within(float *scores, float *gradient, size_t first, size_t end, size_t count,
                                                 float scale, float log_sum_exp, float offset) {
  const size_t start = first / LANES * LANES, stop = round_up(end, LANES);
  for (size_t i = 0; i < count; i += LANES) {
    if (i < start || i >= stop) {
      store16(scores + i, (f16v)0.0f);
      store16(gradient + i, (f16v)0.0f);
    } else {
      const i16v mask = lanes_within(first, end, i);
      f16v p = vector_exp(load16(scores + i) * scale - log_sum_exp);
      p = mask ? p : (f16v)0.0f;
      const f16v slope = p * (load16(gradient + i) - offset) * scale;
      store16(scores + i, p);
      store16(gradient + i, mask ? slope : (f16v)0.0f);
    }
  }
}
