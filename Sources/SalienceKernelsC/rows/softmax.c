#include "salience_kernels.h"
#include "softmax.h"

SALIENCE_INLINE void softmax_of_row(const float *x, size_t width, float *y) {
  float top = -__builtin_inff();
  for (size_t i = 0; i < width; i++) { top = x[i] > top ? x[i] : top; }
  const size_t whole = width / LANES * LANES, rest = width - whole;
  f16v sum = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    f16v e = vector_exp(load16(x + i) - top);
    store16(y + i, e);
    sum += e;
  }
  if (rest) {
    f16v e = vector_exp(load_part(x + whole, rest) - top);
    store_part(y + whole, e, rest);
    sum += first_lanes(rest) ? e : (f16v)0.0f;
  }
  const float reciprocal = 1.0f / horizontal_sum(sum);
  for (size_t i = 0; i < width; i++) { y[i] *= reciprocal; }
}

SALIENCE_INLINE void salience_softmax_body(const float *x, size_t rows, size_t width, float *y) {
  for (size_t r = 0; r < rows; r++) { softmax_of_row(x + r * width, width, y + r * width); }
}

// The likeliest column's dy is subtracted from all: where its probability is near 1, 1 - y has no digits left.
SALIENCE_INLINE void softmax_backward_of_row(const float *dy, const float *y, size_t width, float *dx) {
  const size_t whole = width / LANES * LANES, rest = width - whole;
  size_t likeliest = 0;
  for (size_t i = 1; i < width; i++) { likeliest = y[i] > y[likeliest] ? i : likeliest; }
  const float base = dy[likeliest];
  f16v sum = 0;
  for (size_t i = 0; i < whole; i += LANES) { sum += (load16(dy + i) - base) * load16(y + i); }
  if (rest) { sum += (load_part(dy + whole, rest) - base) * load_part(y + whole, rest); }
  const float mean = horizontal_sum(sum);
  for (size_t i = 0; i < width; i++) { dx[i] = y[i] * ((dy[i] - base) - mean); }
}

SALIENCE_INLINE void salience_softmax_backward_body(const float *dy, const float *y, size_t rows, size_t width,
                                                    float *dx) {
  for (size_t r = 0; r < rows; r++) {
    softmax_backward_of_row(dy + r * width, y + r * width, width, dx + r * width);
  }
}

SALIENCE_DISPATCH(salience_softmax, (const float *x, size_t rows, size_t width, float *y), (x, rows, width, y))
SALIENCE_DISPATCH(salience_softmax_backward,
                  (const float *dy, const float *y, size_t rows, size_t width, float *dx), (dy, y, rows, width, dx))
