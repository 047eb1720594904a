#include "salience_kernels.h"
#include "simd.h"

/// One head turned by `sign` times its angles: cos and sin are [half], x and y [size], and y may be x.
SALIENCE_INLINE void rotate_head(const float *x, const float *cosine, const float *sine, float sign, size_t half,
                                 size_t size, float *y) {
  size_t i = 0;
  for (; i + LANES <= half; i += LANES) {
    f16v a = load16(x + i), b = load16(x + half + i), c = load16(cosine + i), s = load16(sine + i) * sign;
    store16(y + i, a * c - b * s);
    store16(y + half + i, b * c + a * s);
  }
  if (i < half) {
    const size_t rest = half - i;
    f16v a = load_part(x + i, rest), b = load_part(x + half + i, rest);
    f16v c = load_part(cosine + i, rest), s = load_part(sine + i, rest) * sign;
    store_part(y + i, a * c - b * s, rest);
    store_part(y + half + i, b * c + a * s, rest);
  }
  if (2 * half < size && y != x) { __builtin_memcpy(y + 2 * half, x + 2 * half, (size - 2 * half) * sizeof *y); }
}

/// y = the sum of `count` heads of `size`.
SALIENCE_INLINE void sum_heads(const float *x, size_t count, size_t size, float *y) {
  size_t i = 0;
  for (; i + LANES <= size; i += LANES) {
    f16v sum = load16(x + i);
    for (size_t h = 1; h < count; h++) { sum += load16(x + h * size + i); }
    store16(y + i, sum);
  }
  if (i < size) {
    f16v sum = load_part(x + i, size - i);
    for (size_t h = 1; h < count; h++) { sum += load_part(x + h * size + i, size - i); }
    store_part(y + i, sum, size - i);
  }
}

SALIENCE_INLINE void salience_rotary_body(const float *x, const float *table, const int32_t *positions,
                                          const salience_rotary_heads *heads, size_t rows, float *y) {
  const size_t size = heads->size, half = heads->rotated / 2, repeats = heads->queries / heads->keys;
  for (size_t row = 0; row < rows; row++) {
    const float *cosine = table + (size_t)positions[row] * 2 * half, *sine = cosine + half;
    if (heads->has_query) {
      for (size_t h = 0; h < heads->queries; h++, x += size, y += size) {
        rotate_head(x, cosine, sine, 1.0f, half, size, y);
      }
    }
    for (int value = !heads->has_key; value <= heads->has_value; value++) {
      for (size_t h = 0; h < heads->keys; h++, x += size) {
        const float *first = y;
        if (value) {
          __builtin_memcpy(y, x, size * sizeof *y);
        } else {
          rotate_head(x, cosine, sine, 1.0f, half, size, y);
        }
        y += size;
        for (size_t r = 1; r < repeats; r++, y += size) { __builtin_memcpy(y, first, size * sizeof *y); }
      }
    }
  }
}

SALIENCE_INLINE void salience_rotary_backward_body(const float *dy, const float *table, const int32_t *positions,
                                                   const salience_rotary_heads *heads, size_t rows, float *dx) {
  const size_t size = heads->size, half = heads->rotated / 2, repeats = heads->queries / heads->keys;
  for (size_t row = 0; row < rows; row++) {
    const float *cosine = table + (size_t)positions[row] * 2 * half, *sine = cosine + half;
    if (heads->has_query) {
      for (size_t h = 0; h < heads->queries; h++, dy += size, dx += size) {
        rotate_head(dy, cosine, sine, -1.0f, half, size, dx);
      }
    }
    for (int value = !heads->has_key; value <= heads->has_value; value++) {
      for (size_t h = 0; h < heads->keys; h++, dy += repeats * size, dx += size) {
        sum_heads(dy, repeats, size, dx);
        if (!value) { rotate_head(dx, cosine, sine, -1.0f, half, size, dx); }
      }
    }
  }
}

SALIENCE_DISPATCH(salience_rotary,
                  (const float *x, const float *table, const int32_t *positions, const salience_rotary_heads *heads,
                   size_t rows, float *y),
                  (x, table, positions, heads, rows, y))
SALIENCE_DISPATCH(salience_rotary_backward,
                  (const float *dy, const float *table, const int32_t *positions, const salience_rotary_heads *heads,
                   size_t rows, float *dx),
                  (dy, table, positions, heads, rows, dx))
