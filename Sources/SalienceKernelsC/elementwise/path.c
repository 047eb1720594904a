#include "salience_kernels.h"
#include "simd.h"

typedef double d16v __attribute__((ext_vector_type(16)));

SALIENCE_INLINE double horizontal_double_sum(d16v v) {
  double sum[8];
  for (int i = 0; i < 8; i++) { sum[i] = v[i] + v[i + 8]; }
  return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

SALIENCE_INLINE void salience_interpolate_body(const float *x, const float *b, float alpha, size_t n, float *out) {
  // b + (x - b) may differ from x by rounding, so the end points are copied.
  if (alpha == 0.0f || alpha == 1.0f) {
    __builtin_memmove(out, alpha == 0.0f ? b : x, n * sizeof *out);
    return;
  }
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    f16v start = load16(b + i);
    store16(out + i, start + alpha * (load16(x + i) - start));
  }
  if (i < n) {
    f16v start = load_part(b + i, n - i);
    store_part(out + i, start + alpha * (load_part(x + i, n - i) - start), n - i);
  }
}

SALIENCE_INLINE void salience_accumulate_body(float weight, const float *gradient, size_t n, float *accumulator) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    store16(accumulator + i, load16(accumulator + i) + weight * load16(gradient + i));
  }
  if (i < n) {
    f16v sum = load_part(accumulator + i, n - i) + weight * load_part(gradient + i, n - i);
    store_part(accumulator + i, sum, n - i);
  }
}

SALIENCE_INLINE d16v path_product(f16v x, f16v b, f16v g) {
  return (__builtin_convertvector(x, d16v) - __builtin_convertvector(b, d16v)) * __builtin_convertvector(g, d16v);
}

SALIENCE_INLINE void salience_gradient_reduce_body(int absolute, const float *g, size_t rows, size_t width,
                                                   double *sums, double *squares) {
  for (size_t r = 0; r < rows; r++, g += width) {
    d16v sum = 0, square = 0;
    for (size_t i = 0; i < width; i += LANES) {
      const f16v part = i + LANES <= width ? load16(g + i) : load_part(g + i, width - i);
      const d16v p = __builtin_convertvector(part, d16v);
      sum += absolute ? __builtin_elementwise_abs(p) : p;
      square += p * p;
    }
    sums[r] = horizontal_double_sum(sum);
    squares[r] = horizontal_double_sum(square);
  }
}

SALIENCE_INLINE void salience_path_reduce_body(const float *x, const float *b, const float *g, size_t rows,
                                               size_t width, double *sums, double *squares) {
  for (size_t r = 0; r < rows; r++, x += width, b += width, g += width) {
    d16v sum = 0, square = 0;
    size_t i = 0;
    for (; i + LANES <= width; i += LANES) {
      d16v p = path_product(load16(x + i), load16(b + i), load16(g + i));
      sum += p;
      square += p * p;
    }
    if (i < width) {
      const size_t rest = width - i;
      d16v p = path_product(load_part(x + i, rest), load_part(b + i, rest), load_part(g + i, rest));
      sum += p;
      square += p * p;
    }
    sums[r] = horizontal_double_sum(sum);
    squares[r] = horizontal_double_sum(square);
  }
}

SALIENCE_DISPATCH(salience_interpolate, (const float *x, const float *b, float alpha, size_t n, float *out),
                  (x, b, alpha, n, out))
SALIENCE_DISPATCH(salience_accumulate, (float weight, const float *gradient, size_t n, float *accumulator),
                  (weight, gradient, n, accumulator))
SALIENCE_DISPATCH(salience_path_reduce,
                  (const float *x, const float *b, const float *g, size_t rows, size_t width, double *sums,
                   double *squares),
                  (x, b, g, rows, width, sums, squares))
SALIENCE_DISPATCH(salience_gradient_reduce,
                  (int absolute, const float *g, size_t rows, size_t width, double *sums, double *squares),
                  (absolute, g, rows, width, sums, squares))
