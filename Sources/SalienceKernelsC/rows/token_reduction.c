#include "salience_kernels.h"
#include "simd.h"

// Sixteen columns at a time, down the tokens of one sequence: the running value stays in registers.

SALIENCE_INLINE f16v mean_of_columns(const float *x, size_t length, size_t width, size_t lanes) {
  f16v sum = 0;
  if (lanes == LANES) {
    for (size_t t = 0; t < length; t++) { sum += load16(x + t * width); }
  } else {
    for (size_t t = 0; t < length; t++) { sum += load_part(x + t * width, lanes); }
  }
  return sum / (float)length;
}

SALIENCE_INLINE void salience_mean_row_body(const float *x, size_t length, size_t width, float *y) {
  size_t i = 0;
  for (; i + LANES <= width; i += LANES) { store16(y + i, mean_of_columns(x + i, length, width, LANES)); }
  if (i < width) { store_part(y + i, mean_of_columns(x + i, length, width, width - i), width - i); }
}

SALIENCE_INLINE void salience_mean_row_backward_body(const float *dy, size_t length, size_t width, float *dx) {
  for (size_t t = 0; t < length; t++, dx += width) {
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) { store16(dx + i, load16(dy + i) / (float)length); }
    if (i < width) { store_part(dx + i, load_part(dy + i, width - i) / (float)length, width - i); }
  }
}

typedef struct {
  f16v value, token;
} largest;

SALIENCE_INLINE largest maximum_of_columns(const float *x, size_t length, size_t width, size_t lanes) {
  largest best = {load_part(x, lanes), 0};
  for (size_t t = 1; t < length; t++) {
    f16v v = lanes == LANES ? load16(x + t * width) : load_part(x + t * width, lanes);
    // NaN is the largest of all.
    i16v more = (v > best.value) | ((v != v) & (best.value == best.value));
    best.value = more ? v : best.value;
    best.token = more ? (f16v)(float)t : best.token;
  }
  return best;
}

SALIENCE_INLINE void salience_maximum_row_body(const float *x, size_t length, size_t width, float *y, float *token) {
  size_t i = 0;
  for (; i + LANES <= width; i += LANES) {
    largest best = maximum_of_columns(x + i, length, width, LANES);
    store16(y + i, best.value);
    store16(token + i, best.token);
  }
  if (i < width) {
    largest best = maximum_of_columns(x + i, length, width, width - i);
    store_part(y + i, best.value, width - i);
    store_part(token + i, best.token, width - i);
  }
}

SALIENCE_DISPATCH(salience_mean_row, (const float *x, size_t length, size_t width, float *y), (x, length, width, y))
SALIENCE_DISPATCH(salience_mean_row_backward, (const float *dy, size_t length, size_t width, float *dx),
                  (dy, length, width, dx))
SALIENCE_DISPATCH(salience_maximum_row, (const float *x, size_t length, size_t width, float *y, float *token),
                  (x, length, width, y, token))
