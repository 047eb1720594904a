#include "salience_kernels.h"
#include "softmax.h"

SALIENCE_INLINE void log_softmax_of_row(const float *x, size_t width, float *y) {
  float top = -__builtin_inff();
  for (size_t i = 0; i < width; i++) { top = x[i] > top ? x[i] : top; }
  const size_t whole = width / LANES * LANES, rest = width - whole;
  f16v sum = 0;
  for (size_t i = 0; i < whole; i += LANES) { sum += vector_exp(load16(x + i) - top); }
  if (rest) { sum += first_lanes(rest) ? vector_exp(load_part(x + whole, rest) - top) : (f16v)0.0f; }
  const float logarithm = vector_log((f16v)0.0f + horizontal_sum(sum))[0];
  for (size_t i = 0; i < width; i++) { y[i] = (x[i] - top) - logarithm; }
}

SALIENCE_INLINE void salience_log_softmax_body(const float *x, size_t rows, size_t width, float *y) {
  for (size_t r = 0; r < rows; r++) { log_softmax_of_row(x + r * width, width, y + r * width); }
}

// ln 1/2: at most one column is more probable than that.
#define HALF -0.693147181f

// Sums of dy and of probabilities leave out the column above 1/2, whose 1 - exp(y) would have no digits left near 1.
SALIENCE_INLINE void log_softmax_backward_of_row(const float *dy, const float *y, size_t width, float *dx) {
  const size_t whole = width / LANES * LANES, rest = width - whole;
  f16v gradients = 0, probabilities = 0;
  for (size_t i = 0; i < whole; i += LANES) {
    const f16v logarithms = load16(y + i);
    const i16v others = logarithms <= HALF;
    gradients += others ? load16(dy + i) : (f16v)0.0f;
    probabilities += others ? vector_exp(logarithms) : (f16v)0.0f;
  }
  if (rest) {
    const f16v logarithms = load_part(y + whole, rest);
    const i16v others = (logarithms <= HALF) & first_lanes(rest);
    gradients += others ? load_part(dy + whole, rest) : (f16v)0.0f;
    probabilities += others ? vector_exp(logarithms) : (f16v)0.0f;
  }
  const float of_others = horizontal_sum(gradients), probability = horizontal_sum(probabilities);
  size_t likely = width;
  for (size_t i = 0; i < width; i++) { likely = y[i] > HALF ? i : likely; }
  const float sum = likely < width ? of_others + dy[likely] : of_others;
  for (size_t i = 0; i < width; i++) {
    dx[i] = i == likely ? sum * probability - of_others : dy[i] - vector_exp((f16v)0.0f + y[i])[0] * sum;
  }
}

SALIENCE_INLINE void salience_log_softmax_backward_body(const float *dy, const float *y, size_t rows, size_t width,
                                                        float *dx) {
  for (size_t r = 0; r < rows; r++) {
    log_softmax_backward_of_row(dy + r * width, y + r * width, width, dx + r * width);
  }
}

SALIENCE_DISPATCH(salience_log_softmax, (const float *x, size_t rows, size_t width, float *y), (x, rows, width, y))
SALIENCE_DISPATCH(salience_log_softmax_backward,
                  (const float *dy, const float *y, size_t rows, size_t width, float *dx), (dy, y, rows, width, dx))
