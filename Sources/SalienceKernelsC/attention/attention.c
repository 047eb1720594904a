#include "attention_layout.h"
#include "salience_kernels.h"
#include "softmax.h"

size_t salience_attention_scratch(size_t length, size_t head_size) {
  const attention_layout l = lay_out(length, head_size);
  // The backward pass needs the most: K^T, V^T, K, dK, dV, then P, dS, Q, dO and dQ of a block.
  return 2 * round_up(l.transposed, LANES) + 3 * l.keys + 2 * l.rows * l.score_row + 3 * l.rows * l.width;
}

SALIENCE_INLINE void attention_head(const float *query, const float *key, const float *value, size_t length,
                                    size_t row, size_t head_size, float scale, salience_attention_window window,
                                    float *context, size_t context_row, float *log_sum_exp, size_t heads,
                                    ptrdiff_t next, float *scratch) {
  const attention_layout l = lay_out(length, head_size);
  float *transposed_keys = scratch;
  float *values = transposed_keys + round_up(l.transposed, LANES);
  float *scores = values + l.keys;
  float *output = scores + l.rows * l.score_row;
  const bool hides = hides_keys(window, length);
  // One number a query of the block; lanes past the last query stay valid.
  f16v largest[QUERY_BLOCK / LANES], sums[QUERY_BLOCK / LANES], reciprocal[QUERY_BLOCK / LANES];
  for (size_t i = 0; i < QUERY_BLOCK / LANES; i++) { largest[i] = sums[i] = 1.0f; }

  pack_transposed(key, row, length, head_size, transposed_keys);
  if (!l.direct) { pack_rows(value, row, length, head_size, values); }
  for (size_t first = 0; first < length; first += l.rows) {
    const size_t rows = length - first < l.rows ? length - first : l.rows;
    const key_range seen = keys_of_block(window, first, rows, length);
    const size_t count = seen.end - seen.first;
    salience_small_gemm(&(small_gemm_arguments){
        .rows = rows, .columns = round_up(count, LANES), .depth = head_size,
        .a = query + first * row, .a_row = row, .a_depth = 1,
        .b = transposed_keys + seen.first * head_size, .b_panel = head_size * PANEL, .b_row = PANEL,
        .c = scores, .c_row = l.score_row});
    for (size_t r = 0; r < rows; r++) {
      const size_t at = (first + r) * row;
      prefetch_head(query + at, key + at, value + at, next, head_size);
      softmax_sum s;
      if (hides) {
        const key_range own = keys_of_query(window, first + r, length);
        s = softmax_row_within(scores + r * l.score_row, own.first - seen.first, own.end - seen.first, count, scale);
      } else {
        s = softmax_row(scores + r * l.score_row, count, scale);
      }
      largest[r / LANES][r % LANES] = s.maximum;
      sums[r / LANES][r % LANES] = s.sum;
    }
    for (size_t r = 0; r < rows; r += LANES) {
      reciprocal[r / LANES] = 1.0f / sums[r / LANES];
      if (log_sum_exp) {
        const f16v logarithm = largest[r / LANES] + vector_log(sums[r / LANES]);
        for (size_t i = r; i < rows && i < r + LANES; i++) {
          log_sum_exp[(first + i) * heads] = logarithm[i - r];
        }
      }
    }
    float *block = context + first * context_row;
    float *product = l.direct ? block : output;
    const size_t product_row = l.direct ? context_row : l.width;
    salience_small_gemm(&(small_gemm_arguments){
        .rows = rows, .columns = l.width, .depth = count,
        .a = scores, .a_row = l.score_row, .a_depth = 1,
        .b = l.direct ? value : values + seen.first * l.width, .b_panel = PANEL, .b_row = l.direct ? row : l.width,
        .c = product, .c_row = product_row});
    for (size_t r = 0; r < rows; r++) {
      float *p = product + r * product_row;
      const float factor = reciprocal[r / LANES][r % LANES];
      for (size_t d = 0; d < l.width; d += LANES) { store16(p + d, load16(p + d) * factor); }
    }
    if (!l.direct) { unpack_rows(output, rows, head_size, block, context_row); }
  }
}

SALIENCE_INLINE void salience_attention_body(const float *qkv, size_t length, size_t heads, size_t head_size,
                                             float scale, salience_attention_window window, float *context,
                                             float *log_sum_exp, float *scratch) {
  const size_t hidden = heads * head_size;
  for (size_t h = 0; h < heads; h++) {
    const float *query = qkv + h * head_size;
    attention_head(query, query + hidden, query + 2 * hidden, length, 3 * hidden, head_size, scale, window,
                   context + h * head_size, hidden, log_sum_exp ? log_sum_exp + h : NULL, heads,
                   distance_of_next_head(h, heads, head_size, length, 3 * hidden), scratch);
  }
}

SALIENCE_DISPATCH(salience_attention,
                  (const float *qkv, size_t length, size_t heads, size_t head_size, float scale,
                   salience_attention_window window, float *context, float *log_sum_exp, float *scratch),
                  (qkv, length, heads, head_size, scale, window, context, log_sum_exp, scratch))
