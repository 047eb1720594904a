#include "salience_kernels.h"
#include "simd.h"

SALIENCE_INLINE float reciprocal_root(float x) {
  f16v v = x;
  return 1.0f / __builtin_elementwise_sqrt(v).x;
}

SALIENCE_INLINE void layer_norm_row(const float *x, const float *residual, const float *gamma, const float *beta,
                                    float epsilon, size_t width, float *y, float *normalized, float *rstd) {
  const size_t whole = width / LANES * LANES, rest = width - whole;
  // The sum waits in y, which is in the first-level cache when it is read again.
  f16v sum = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v s = residual ? load16(x + i) + load16(residual + i) : load16(x + i);
    store16(y + i, s);
    sum += s;
  }
  f16v last = 0;
  if (rest) {
    last = load_part(x + whole, rest);
    if (residual) { last += load_part(residual + whole, rest); }
    sum += last;
  }
  const float mean = horizontal_sum(sum) / (float)width;

  f16v squares = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v d = load16(y + i) - mean;
    squares += d * d;
  }
  if (rest) {
    last = first_lanes(rest) ? last - mean : (f16v)0.0f;
    squares += last * last;
  }
  const float scale = reciprocal_root(horizontal_sum(squares) / (float)width + epsilon);

  for (size_t i = 0; i < whole; i += LANES) {
    f16v z = (load16(y + i) - mean) * scale;
    if (normalized) { store16(normalized + i, z); }
    f16v shift = beta ? load16(beta + i) : (f16v)0.0f;
    store16(y + i, z * load16(gamma + i) + shift);
  }
  if (rest) {
    f16v z = last * scale;
    if (normalized) { store_part(normalized + whole, z, rest); }
    f16v shift = beta ? load_part(beta + whole, rest) : (f16v)0.0f;
    store_part(y + whole, z * load_part(gamma + whole, rest) + shift, rest);
  }
  if (rstd) { *rstd = scale; }
}

SALIENCE_INLINE void salience_layer_norm_body(const float *x, const float *residual, const float *gamma,
                                              const float *beta, float epsilon, size_t rows, size_t width, float *y,
                                              float *normalized, float *rstd) {
  for (size_t r = 0; r < rows; r++) {
    const size_t at = r * width;
    layer_norm_row(x + at, residual ? residual + at : NULL, gamma, beta, epsilon, width, y + at,
                   normalized ? normalized + at : NULL, rstd ? rstd + r : NULL);
  }
}

SALIENCE_INLINE void layer_norm_backward_row(const float *dy, const float *normalized, float rstd, const float *gamma,
                                             size_t width, float *dx) {
  const size_t whole = width / LANES * LANES, rest = width - whole;
  f16v sum = 0, product = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v g = load16(dy + i) * load16(gamma + i);
    sum += g;
    product += g * load16(normalized + i);
  }
  f16v last = 0, last_normalized = 0;
  if (rest) {
    last = load_part(dy + whole, rest) * load_part(gamma + whole, rest);
    last_normalized = load_part(normalized + whole, rest);
    sum += last;
    product += last * last_normalized;
  }
  const float mean = horizontal_sum(sum) / (float)width;
  const float slope = horizontal_sum(product) / (float)width;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v g = load16(dy + i) * load16(gamma + i);
    store16(dx + i, rstd * (g - mean - load16(normalized + i) * slope));
  }
  if (rest) { store_part(dx + whole, rstd * (last - mean - last_normalized * slope), rest); }
}

/// The deviation held: rstd (g - mean(g)).
SALIENCE_INLINE void layer_norm_held_backward_row(const float *dy, float rstd, const float *gamma, size_t width,
                                                  float *dx) {
  f16v sum = 0;
  for (size_t i = 0; i < width; i += LANES) {
    const size_t count = width - i < LANES ? width - i : LANES;
    sum += load_part(dy + i, count) * load_part(gamma + i, count);
  }
  const float mean = horizontal_sum(sum) / (float)width;
  for (size_t i = 0; i < width; i += LANES) {
    const size_t count = width - i < LANES ? width - i : LANES;
    store_part(dx + i, rstd * (load_part(dy + i, count) * load_part(gamma + i, count) - mean), count);
  }
}

SALIENCE_INLINE void salience_layer_norm_backward_body(const float *dy, const float *normalized, const float *rstd,
                                                       const float *gamma, size_t rows, size_t width, float *dx) {
  for (size_t r = 0; r < rows; r++) {
    const size_t at = r * width;
    if (normalized) {
      layer_norm_backward_row(dy + at, normalized + at, rstd[r], gamma, width, dx + at);
    } else {
      layer_norm_held_backward_row(dy + at, rstd[r], gamma, width, dx + at);
    }
  }
}

SALIENCE_DISPATCH(salience_layer_norm,
                  (const float *x, const float *residual, const float *gamma, const float *beta, float epsilon,
                   size_t rows, size_t width, float *y, float *normalized, float *rstd),
                  (x, residual, gamma, beta, epsilon, rows, width, y, normalized, rstd))
SALIENCE_DISPATCH(salience_layer_norm_backward,
                  (const float *dy, const float *normalized, const float *rstd, const float *gamma, size_t rows,
                   size_t width, float *dx),
                  (dy, normalized, rstd, gamma, rows, width, dx))
