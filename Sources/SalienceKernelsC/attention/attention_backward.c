#include "attention_layout.h"
#include "salience_kernels.h"
#include "softmax_backward.h"

/// One head: dP = dO V^T, dV = P^T dO, dQ = dS K, dK = dS^T Q, with dK and dV summed over blocks of queries in order.
SALIENCE_INLINE void attention_head_backward(const float *query, const float *key, const float *value,
                                             const float *context, const float *log_sum_exp, const float *dcontext,
                                             size_t length, size_t heads, size_t head_size, float scale,
                                             salience_attention_window window, ptrdiff_t next, ptrdiff_t next_context,
                                             float *dquery, float *dkey, float *dvalue, float *scratch) {
  const attention_layout l = lay_out(length, head_size);
  const size_t hidden = heads * head_size, row = 3 * hidden;
  const bool direct = l.direct, hides = hides_keys(window, length);
  float *transposed_keys = scratch;
  float *transposed_values = transposed_keys + round_up(l.transposed, LANES);
  float *keys = transposed_values + round_up(l.transposed, LANES);
  float *key_gradient = keys + l.keys;
  float *value_gradient = key_gradient + l.keys;
  float *scores = value_gradient + l.keys;
  float *gradient = scores + l.rows * l.score_row;
  float *queries = gradient + l.rows * l.score_row;
  float *outputs = queries + l.rows * l.width;
  float *query_gradient = outputs + l.rows * l.width;

  pack_transposed(key, row, length, head_size, transposed_keys);
  pack_transposed(value, row, length, head_size, transposed_values);
  if (!direct) { pack_rows(key, row, length, head_size, keys); }
  // Keys in front of this one have been seen, so their gradients hold sums.
  size_t begun = 0;
  for (size_t first = 0; first < length; first += l.rows) {
    const size_t rows = length - first < l.rows ? length - first : l.rows;
    const key_range seen = keys_of_block(window, first, rows, length);
    const size_t count = seen.end - seen.first;
    const float *block_query = query + first * row;
    const float *block_dcontext = dcontext + first * hidden;
    if (!direct) {
      pack_rows(block_query, row, rows, head_size, queries);
      pack_rows(block_dcontext, hidden, rows, head_size, outputs);
    }
    small_gemm_arguments product = {
        .rows = rows, .columns = round_up(count, LANES), .depth = head_size,
        .a = block_query, .a_row = row, .a_depth = 1,
        .b = transposed_keys + seen.first * head_size, .b_panel = head_size * PANEL, .b_row = PANEL,
        .c = scores, .c_row = l.score_row};
    salience_small_gemm(&product);
    product.a = block_dcontext;
    product.a_row = hidden;
    product.b = transposed_values + seen.first * head_size;
    product.c = gradient;
    salience_small_gemm(&product);
    for (size_t r = 0; r < rows; r++) {
      const size_t at = (first + r) * row, context_at = (first + r) * hidden;
      prefetch_head(query + at, key + at, value + at, next, head_size);
      prefetch_row(context + context_at, next_context, head_size);
      prefetch_row(dcontext + context_at, next_context, head_size);
      const float offset =
          inner_product(block_dcontext + r * hidden, context + (first + r) * hidden, head_size);
      const float logarithm = log_sum_exp[(first + r) * heads];
      if (hides) {
        const key_range own = keys_of_query(window, first + r, length);
        softmax_backward_row_within(scores + r * l.score_row, gradient + r * l.score_row, own.first - seen.first,
                                    own.end - seen.first, count, scale, logarithm, offset);
      } else {
        softmax_backward_row(scores + r * l.score_row, gradient + r * l.score_row, count, scale, logarithm, offset);
      }
    }
    salience_small_gemm(&(small_gemm_arguments){
        .rows = rows, .columns = l.width, .depth = count,
        .a = gradient, .a_row = l.score_row, .a_depth = 1,
        .b = direct ? key : keys + seen.first * l.width, .b_panel = PANEL, .b_row = direct ? row : l.width,
        .c = direct ? dquery : query_gradient, .c_row = direct ? row : l.width});
    if (!direct) { unpack_rows(query_gradient, rows, head_size, dquery + first * row, row); }
    // Keys that an earlier block saw add to their sums; the others, behind them, begin theirs.
    for (size_t from = seen.first; from < seen.end;) {
      const bool accumulate = from < begun;
      const size_t to = accumulate && begun < seen.end ? begun : seen.end;
      const size_t key_row = direct ? row : l.width;
      product = (small_gemm_arguments){
          .rows = to - from, .columns = l.width, .depth = rows,
          .a = gradient + (from - seen.first), .a_row = 1, .a_depth = l.score_row,
          .b = direct ? query : queries, .b_panel = PANEL, .b_row = direct ? row : l.width,
          .c = (direct ? dkey : key_gradient) + from * key_row, .c_row = key_row, .accumulate = accumulate};
      salience_small_gemm(&product);
      product.a = scores + (from - seen.first);
      product.b = direct ? dcontext : outputs;
      product.b_row = direct ? hidden : l.width;
      product.c = (direct ? dvalue : value_gradient) + from * key_row;
      salience_small_gemm(&product);
      from = to;
    }
    begun = seen.end;
  }
  if (!direct) {
    unpack_rows(key_gradient, length, head_size, dkey, row);
    unpack_rows(value_gradient, length, head_size, dvalue, row);
  }
}

SALIENCE_INLINE void salience_attention_backward_body(const float *qkv, const float *context, const float *log_sum_exp,
                                                      const float *dcontext, size_t length, size_t heads,
                                                      size_t head_size, float scale, salience_attention_window window,
                                                      float *dqkv, float *scratch) {
  const size_t hidden = heads * head_size;
  for (size_t h = 0; h < heads; h++) {
    const size_t at = h * head_size;
    attention_head_backward(qkv + at, qkv + hidden + at, qkv + 2 * hidden + at, context + at, log_sum_exp + h,
                            dcontext + at, length, heads, head_size, scale, window,
                            distance_of_next_head(h, heads, head_size, length, 3 * hidden),
                            distance_of_next_head(h, heads, head_size, length, hidden), dqkv + at, dqkv + hidden + at,
                            dqkv + 2 * hidden + at, scratch);
  }
}

SALIENCE_DISPATCH(salience_attention_backward,
                  (const float *qkv, const float *context, const float *log_sum_exp, const float *dcontext,
                   size_t length, size_t heads, size_t head_size, float scale, salience_attention_window window,
                   float *dqkv, float *scratch),
                  (qkv, context, log_sum_exp, dcontext, length, heads, head_size, scale, window, dqkv, scratch))
