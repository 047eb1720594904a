#include "salience_kernels.h"
#include "simd.h"

SALIENCE_INLINE void salience_multiply_body(const float *a, const float *b, size_t n, float *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) { store16(y + i, load16(a + i) * load16(b + i)); }
  if (i < n) { store_part(y + i, load_part(a + i, n - i) * load_part(b + i, n - i), n - i); }
}

SALIENCE_INLINE void salience_add_body(const float *a, const float *b, size_t n, float *y) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) { store16(y + i, load16(a + i) + load16(b + i)); }
  if (i < n) { store_part(y + i, load_part(a + i, n - i) + load_part(b + i, n - i), n - i); }
}

SALIENCE_INLINE void salience_add_rows_body(const float *bias, size_t rows, size_t width, float *y) {
  for (size_t r = 0; r < rows; r++, y += width) { salience_add_body(y, bias, width, y); }
}

SALIENCE_INLINE void salience_scale_columns_body(const float *x, const float *factors, size_t parts, size_t rows,
                                                 size_t width, float *y) {
  const size_t part = width / parts;
  for (size_t r = 0; r < rows; r++) {
    for (size_t p = 0; p < parts; p++, x += part, y += part) {
      const float factor = factors[p];
      size_t i = 0;
      for (; i + LANES <= part; i += LANES) { store16(y + i, load16(x + i) * factor); }
      if (i < part) { store_part(y + i, load_part(x + i, part - i) * factor, part - i); }
    }
  }
}

SALIENCE_DISPATCH(salience_multiply, (const float *a, const float *b, size_t n, float *y), (a, b, n, y))
SALIENCE_DISPATCH(salience_add, (const float *a, const float *b, size_t n, float *y), (a, b, n, y))
SALIENCE_DISPATCH(salience_add_rows, (const float *bias, size_t rows, size_t width, float *y), (bias, rows, width, y))
SALIENCE_DISPATCH(salience_scale_columns,
                  (const float *x, const float *factors, size_t parts, size_t rows, size_t width, float *y),
                  (x, factors, parts, rows, width, y))
