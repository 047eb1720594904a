#include "salience_kernels.h"
#include "simd.h"

SALIENCE_INLINE float root_mean_square_reciprocal(float squares, size_t size, float epsilon) {
  f16v v = squares / (float)size + epsilon;
  return 1.0f / __builtin_elementwise_sqrt(v).x;
}

/// Stores x + residual in y and, where it is wanted, in sum; the sum of its squares.
SALIENCE_INLINE float sum_and_square(const float *x, const float *residual, size_t size, float *y, float *sum) {
  const size_t whole = size / LANES * LANES, rest = size - whole;
  f16v squares = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v s = residual ? load16(x + i) + load16(residual + i) : load16(x + i);
    // The sum waits in y, which is in the first-level cache when it is read again.
    if (residual) { store16(y + i, s); }
    if (sum) { store16(sum + i, s); }
    squares += s * s;
  }
  if (rest) {
    f16v s = load_part(x + whole, rest);
    if (residual) {
      s += load_part(residual + whole, rest);
      store_part(y + whole, s, rest);
    }
    if (sum) { store_part(sum + whole, s, rest); }
    squares += s * s;
  }
  return horizontal_sum(squares);
}

SALIENCE_INLINE void scale_group(const float *s, float r, const float *gamma, size_t size, float *y) {
  size_t i = 0;
  for (; i + LANES <= size; i += LANES) { store16(y + i, load16(s + i) * r * load16(gamma + i)); }
  if (i < size) { store_part(y + i, load_part(s + i, size - i) * r * load_part(gamma + i, size - i), size - i); }
}

SALIENCE_INLINE void rms_norm_rows(const float *x, const float *residual, const float *gamma, float epsilon,
                                   size_t rows, size_t width, size_t groups, size_t size, float *y, float *root,
                                   float *sum) {
  const size_t rest = width - groups * size;
  for (size_t row = 0; row < rows; row++) {
    for (size_t group = 0; group < groups; group++) {
      const size_t at = row * width + group * size;
      const float squares =
          sum_and_square(x + at, residual ? residual + at : NULL, size, y + at, sum ? sum + at : NULL);
      const float r = root_mean_square_reciprocal(squares, size, epsilon);
      scale_group(residual ? y + at : x + at, r, gamma + group * size, size, y + at);
      if (root) { root[row * groups + group] = r; }
    }
    if (rest) {
      const size_t at = row * width + groups * size;
      if (residual || sum) {
        sum_and_square(x + at, residual ? residual + at : NULL, rest, y + at, sum ? sum + at : NULL);
      }
      if (!residual && y != x) { __builtin_memcpy(y + at, x + at, rest * sizeof *y); }
    }
  }
}

SALIENCE_INLINE void salience_rms_norm_body(const float *x, const float *residual, const float *gamma, float epsilon,
                                            size_t rows, size_t width, size_t groups, size_t size, float *y,
                                            float *root, float *sum) {
  // A copy of the loops for what most models have.
  if (!residual && !sum) {
    rms_norm_rows(x, NULL, gamma, epsilon, rows, width, groups, size, y, root, NULL);
  } else {
    rms_norm_rows(x, residual, gamma, epsilon, rows, width, groups, size, y, root, sum);
  }
}

SALIENCE_INLINE void rms_norm_backward_group(const float *dy, const float *s, float r, const float *gamma, size_t size,
                                             float *dx) {
  const size_t whole = size / LANES * LANES, rest = size - whole;
  f16v product = 0, last = 0, last_sum = 0;
  for (size_t i = 0; i < whole; i += LANES) { product += load16(dy + i) * load16(gamma + i) * load16(s + i); }
  if (rest) {
    last = load_part(dy + whole, rest) * load_part(gamma + whole, rest);
    last_sum = load_part(s + whole, rest);
    product += last * last_sum;
  }
  const float slope = horizontal_sum(product) * r / (float)size * r;
  for (size_t i = 0; i < whole; i += LANES) {
    store16(dx + i, r * (load16(dy + i) * load16(gamma + i) - load16(s + i) * slope));
  }
  if (rest) { store_part(dx + whole, r * (last - last_sum * slope), rest); }
}

SALIENCE_INLINE void salience_rms_norm_backward_body(const float *dy, const float *sum, const float *root,
                                                     const float *gamma, size_t rows, size_t width, size_t groups,
                                                     size_t size, float *dx) {
  const size_t rest = width - groups * size;
  for (size_t row = 0; row < rows; row++) {
    for (size_t group = 0; group < groups; group++) {
      const size_t at = row * width + group * size;
      const float r = root[row * groups + group];
      if (sum) {
        rms_norm_backward_group(dy + at, sum + at, r, gamma + group * size, size, dx + at);
      } else {
        scale_group(dy + at, r, gamma + group * size, size, dx + at);
      }
    }
    const size_t at = row * width + groups * size;
    if (rest && dx != dy) { __builtin_memcpy(dx + at, dy + at, rest * sizeof *dx); }
  }
}

SALIENCE_DISPATCH(salience_rms_norm,
                  (const float *x, const float *residual, const float *gamma, float epsilon, size_t rows, size_t width,
                   size_t groups, size_t size, float *y, float *root, float *sum),
                  (x, residual, gamma, epsilon, rows, width, groups, size, y, root, sum))
SALIENCE_DISPATCH(salience_rms_norm_backward,
                  (const float *dy, const float *sum, const float *root, const float *gamma, size_t rows, size_t width,
                   size_t groups, size_t size, float *dx),
                  (dy, sum, root, gamma, rows, width, groups, size, dx))
