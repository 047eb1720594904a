#include <string.h>

#include "one_query.h"
#include "salience_kernels.h"
#include "small_gemm.h"

// The largest tile of inner products: its sums, of 16 lanes each, and a few vectors fill AVX-512's registers.
enum { MOST_ROWS = 4, MOST_COLUMNS = 6 };

/// s[i * s_row + j] = a[i] . b[j] for `rows` rows of a and `columns` rows of b, `width` elements each.
SALIENCE_INLINE void dot_tile(const int rows, const int columns, const float *a, const float *b, size_t width, float *s,
                              size_t s_row) {
  f16v sum[MOST_ROWS][MOST_COLUMNS];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) { sum[i][j] = 0; }
  }
  size_t k = 0;
#define SALIENCE_STEP(load)                                                                             \
  f16v left[MOST_ROWS];                                                                                 \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) { left[i] = load(a + i * width + k); } \
  _Pragma("clang loop unroll(full)") for (int j = 0; j < columns; j++) {                                \
    const f16v right = load(b + j * width + k);                                                         \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < rows; i++) { sum[i][j] += left[i] * right; } \
  }
#define SALIENCE_LAST(p) load_part(p, width - k)
  for (; k + LANES <= width; k += LANES) { SALIENCE_STEP(load16) }
  if (k < width) { SALIENCE_STEP(SALIENCE_LAST) }
#undef SALIENCE_LAST
#undef SALIENCE_STEP
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) { s[i * s_row + j] = horizontal_sum(sum[i][j]); }
  }
}

/// The tiles of a few rows of a: of `across` rows of b, then of 2 and 1.
SALIENCE_INLINE void dot_strip(const int rows, const int across, const float *a, const float *b, size_t columns,
                               size_t width, float *s, size_t s_row) {
  size_t j = 0;
  for (; j + across <= columns; j += across) { dot_tile(rows, across, a, b + j * width, width, s + j, s_row); }
  if (across > 2) {
    for (; j + 2 <= columns; j += 2) { dot_tile(rows, 2, a, b + j * width, width, s + j, s_row); }
  }
  for (; j < columns; j++) { dot_tile(rows, 1, a, b + j * width, width, s + j, s_row); }
}

/// All inner products of rows of a and rows of b; an element's sum has the same order whatever its tile.
SALIENCE_INLINE void dot_products(const int down, const int across, const float *a, size_t rows, const float *b,
                                  size_t columns, size_t width, float *s, size_t s_row) {
  size_t i = 0;
#define SALIENCE_STRIP(n) dot_strip(n, across, a + i * width, b, columns, width, s + i * s_row, s_row)
  for (; i + down <= rows; i += down) { SALIENCE_STRIP(down); }
  if (down > 2) {
    for (; i + 2 <= rows; i += 2) { SALIENCE_STRIP(2); }
  }
  for (; i < rows; i++) { SALIENCE_STRIP(1); }
#undef SALIENCE_STRIP
}

#define DOT_PARAMETERS \
  const float *a, size_t rows, const float *b, size_t columns, size_t width, float *s, size_t s_row
// Tiles as large as the registers allow; see `salience_small_gemm`.
#if defined(__x86_64__)
SALIENCE_AVX512 static void dot_avx512(DOT_PARAMETERS) { dot_products(4, 6, a, rows, b, columns, width, s, s_row); }
SALIENCE_AVX2 static void dot_avx2(DOT_PARAMETERS) { dot_products(2, 2, a, rows, b, columns, width, s, s_row); }
static void dot_baseline(DOT_PARAMETERS) { dot_products(1, 2, a, rows, b, columns, width, s, s_row); }

static void dot(DOT_PARAMETERS) {
  switch (instruction_set()) {
  case 2: dot_avx512(a, rows, b, columns, width, s, s_row); break;
  case 1: dot_avx2(a, rows, b, columns, width, s, s_row); break;
  default: dot_baseline(a, rows, b, columns, width, s, s_row);
  }
}
#else
static void dot(DOT_PARAMETERS) { dot_products(2, 2, a, rows, b, columns, width, s, s_row); }
#endif

/// out [rows x width] = weights * matrix, or added to out, for weights [rows x depth] with any strides, a matrix
/// [depth x width], and a width of whole vectors.
SALIENCE_INLINE void combine(const float *weights, size_t weight_row, size_t weight_depth, const float *matrix,
                             size_t rows, size_t depth, size_t width, bool accumulate, float *out) {
  salience_small_gemm(&(small_gemm_arguments){
      .rows = rows, .columns = width, .depth = depth, .a = weights, .a_row = weight_row, .a_depth = weight_depth,
      .b = matrix, .b_panel = PANEL, .b_row = width, .c = out, .c_row = width, .accumulate = accumulate});
}

/// out [rows x width] = weights [rows x depth] * matrix [depth x width], for any width.
SALIENCE_INLINE void weighted_rows(const float *weights, size_t weight_row, const float *matrix, size_t rows,
                                   size_t depth, size_t width, float *out) {
  if (width % LANES == 0) {
    combine(weights, weight_row, 1, matrix, rows, depth, width, false, out);
    return;
  }
  for (size_t r = 0; r < rows; r++) {
    weighted_sum(weights + r * weight_row, 1, matrix, width, depth, width, out + r * width);
  }
}

SALIENCE_INLINE void clear(float *p, size_t first, size_t end) {
  if (first < end) { memset(p + first, 0, (end - first) * sizeof *p); }
}

SALIENCE_INLINE void salience_attention_multi_query_body(const float *queries, const float *x, size_t length,
                                                         size_t heads, size_t width, float scale, size_t first,
                                                         size_t end, float *out, float *probabilities) {
  const float *seen = x + first * width;
  dot(queries, heads, seen, end - first, width, probabilities + first, length);
  for (size_t h = 0; h < heads; h++) {
    float *p = probabilities + h * length;
    clear(p, 0, first);
    clear(p, end, length);
    softmax(p + first, end - first, scale);
  }
  weighted_rows(probabilities + first, length, seen, heads, end - first, width, out);
}

/// dS = p * (dP - sum(p * dP)) * scale, in place of dP.
SALIENCE_INLINE void softmax_slopes(const float *p, float *slopes, size_t count, float scale) {
  f16v sum = 0;
  for (size_t j = 0; j < count; j += LANES) { sum += load_some(p + j, count - j) * load_some(slopes + j, count - j); }
  const float mean = horizontal_sum(sum);
  for (size_t j = 0; j < count; j += LANES) {
    const f16v slope = load_some(p + j, count - j) * (load_some(slopes + j, count - j) - mean) * scale;
    store_some(slopes + j, slope, count - j);
  }
}

/// dx[j] = sum over heads of p[h][j] * dout[h] + slopes[h][j] * queries[h], for `count` rows.
SALIENCE_INLINE void row_gradient(const float *p, size_t p_row, const float *dout, const float *slopes,
                                  const float *queries, size_t heads, size_t count, size_t width, float *dx) {
  if (width % LANES == 0) {
    combine(p, 1, p_row, dout, count, heads, width, false, dx);
    combine(slopes, 1, count, queries, count, heads, width, true, dx);
    return;
  }
  for (size_t j = 0; j < count; j++) {
    for (size_t i = 0; i < width; i += LANES) {
      f16v own = 0, through = 0;
      for (size_t h = 0; h < heads; h++) {
        own += p[h * p_row + j] * load_some(dout + h * width + i, width - i);
        through += slopes[h * count + j] * load_some(queries + h * width + i, width - i);
      }
      store_some(dx + j * width + i, own + through, width - i);
    }
  }
}

SALIENCE_INLINE void salience_attention_multi_query_backward_body(const float *queries, const float *x,
                                                                  const float *probabilities, const float *dout,
                                                                  size_t length, size_t heads, size_t width,
                                                                  float scale, size_t first, size_t end,
                                                                  float *dqueries, float *dx, float *scratch) {
  const size_t count = end - first;
  const float *seen = x + first * width, *p = probabilities + first;
  dot(dout, heads, seen, count, width, scratch, count);
  for (size_t h = 0; h < heads; h++) { softmax_slopes(p + h * length, scratch + h * count, count, scale); }
  clear(dx, 0, first * width);
  clear(dx, end * width, length * width);
  row_gradient(p, length, dout, scratch, queries, heads, count, width, dx + first * width);
  if (dqueries) { weighted_rows(scratch, count, seen, heads, count, width, dqueries); }
}

SALIENCE_DISPATCH(salience_attention_multi_query,
                  (const float *queries, const float *x, size_t length, size_t heads, size_t width, float scale,
                   size_t first, size_t end, float *out, float *probabilities),
                  (queries, x, length, heads, width, scale, first, end, out, probabilities))
SALIENCE_DISPATCH(salience_attention_multi_query_backward,
                  (const float *queries, const float *x, const float *probabilities, const float *dout, size_t length,
                   size_t heads, size_t width, float scale, size_t first, size_t end, float *dqueries, float *dx,
                   float *scratch),
                  (queries, x, probabilities, dout, length, heads, width, scale, first, end, dqueries, dx, scratch))
