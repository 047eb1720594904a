#include "logarithmic_mean.h"
#include "salience_kernels.h"
#include "softmax.h"

/// ln of the sum of exp(x) over a row.
SALIENCE_INLINE float log_sum_exp_of_row(const float *x, size_t width) {
  f16v largest = -__builtin_inff();
  for (size_t i = 0; i < width; i += LANES) {
    const size_t count = width - i < LANES ? width - i : LANES;
    largest = maximum(first_lanes(count) ? load_part(x + i, count) : largest, largest);
  }
  const float top = horizontal_maximum(largest);
  f16v sum = 0;
  for (size_t i = 0; i < width; i += LANES) {
    const size_t count = width - i < LANES ? width - i : LANES;
    sum += first_lanes(count) ? vector_exp(load_part(x + i, count) - top) : (f16v)0.0f;
  }
  return top + vector_log((f16v)horizontal_sum(sum)).x;
}

SALIENCE_INLINE void salience_softmax_multiplier_body(const float *dy, const float *x, const float *z, size_t rows,
                                                      size_t width, float *dx) {
  for (size_t r = 0; r < rows; r++, dy += width, x += width, z += width, dx += width) {
    const float log_x = log_sum_exp_of_row(x, width), log_z = log_sum_exp_of_row(z, width);
    f16v total = 0, shared = 0;
    for (size_t i = 0; i < width; i += LANES) {
      const size_t count = width - i < LANES ? width - i : LANES;
      f16v weight = logarithmic_mean(load_part(x + i, count) - log_x, load_part(z + i, count) - log_z);
      weight = first_lanes(count) ? weight : (f16v)0.0f;
      total += weight;
      shared += weight * load_part(dy + i, count);
    }
    const float mean = horizontal_sum(shared) / horizontal_sum(total);
    for (size_t i = 0; i < width; i += LANES) {
      const size_t count = width - i < LANES ? width - i : LANES;
      const f16v weight = logarithmic_mean(load_part(x + i, count) - log_x, load_part(z + i, count) - log_z);
      store_part(dx + i, weight * (load_part(dy + i, count) - mean), count);
    }
  }
}

/// ln of the sums of exp(x) over the candidates of sixteen columns, down the tokens of one sequence.
SALIENCE_INLINE f16v log_sum_exp_of_columns(const float *x, const _Bool *candidates, size_t length, size_t width,
                                            size_t lanes) {
  f16v top = -__builtin_inff(), sum = 0;
  for (size_t t = 0; t < length; t++) {
    if (candidates[t]) { top = maximum(load_part(x + t * width, lanes), top); }
  }
  for (size_t t = 0; t < length; t++) {
    if (candidates[t]) { sum += vector_exp(load_part(x + t * width, lanes) - top); }
  }
  return top + vector_log(sum);
}

SALIENCE_INLINE void softmax_multiplier_of_columns(const float *dy, const float *x, const float *z,
                                                   const _Bool *candidates, size_t length, size_t width, size_t lanes,
                                                   float *dx) {
  const f16v log_x = log_sum_exp_of_columns(x, candidates, length, width, lanes);
  const f16v log_z = log_sum_exp_of_columns(z, candidates, length, width, lanes);
  f16v total = 0, shared = 0;
  for (size_t t = 0; t < length; t++) {
    if (!candidates[t]) { continue; }
    const size_t at = t * width;
    const f16v weight = logarithmic_mean(load_part(x + at, lanes) - log_x, load_part(z + at, lanes) - log_z);
    total += weight;
    shared += weight * load_part(dy + at, lanes);
  }
  for (size_t t = 0; t < length; t++) {
    const size_t at = t * width;
    f16v result = 0;
    if (candidates[t]) {
      const f16v weight = logarithmic_mean(load_part(x + at, lanes) - log_x, load_part(z + at, lanes) - log_z);
      result = weight * (load_part(dy + at, lanes) - shared / total);
    }
    store_part(dx + at, result, lanes);
  }
}

SALIENCE_INLINE void salience_token_softmax_multiplier_body(const float *dy, const float *x, const float *z,
                                                            const _Bool *candidates, size_t length, size_t width,
                                                            float *dx) {
  for (size_t i = 0; i < width; i += LANES) {
    softmax_multiplier_of_columns(dy + i, x + i, z + i, candidates, length, width,
                                  width - i < LANES ? width - i : LANES, dx + i);
  }
}

SALIENCE_DISPATCH(salience_softmax_multiplier,
                  (const float *dy, const float *x, const float *z, size_t rows, size_t width, float *dx),
                  (dy, x, z, rows, width, dx))
SALIENCE_DISPATCH(salience_token_softmax_multiplier,
                  (const float *dy, const float *x, const float *z, const _Bool *candidates, size_t length,
                   size_t width, float *dx),
                  (dy, x, z, candidates, length, width, dx))
