#include "attention_position_gradients.h"
#include "salience_kernels.h"
#include "softmax_backward.h"

SALIENCE_INLINE void disentangled_head_backward(const float *query, const float *key, const float *value,
                                                const float *context, const float *log_sum_exp, const float *dcontext,
                                                size_t length, size_t heads, size_t head_size, position_rows positions,
                                                float scale, float table_factor, ptrdiff_t next,
                                                ptrdiff_t next_context, float *dquery, float *dkey, float *dvalue,
                                                float *scratch) {
  const attention_layout l = lay_out(length, head_size);
  const offset_layout o = lay_out_offsets(length);
  const size_t hidden = heads * head_size, row = 3 * hidden;
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
  float *by_key = query_gradient + l.rows * l.width;
  float *by_query = by_key + head_size * o.transposed;
  float *key_rows = by_query + head_size * o.transposed;
  float *query_rows = key_rows + (o.offsets + LANES) * l.width;
  float *band = query_rows + (o.offsets + LANES) * l.width;
  query_block b = {.l = l, .o = o, .length = length, .head_size = head_size, .query = query, .key = key, .row = row,
                   .band = band, .tile = band + l.rows * o.band_row};

  pack_transposed(key, row, length, head_size, transposed_keys);
  pack_transposed(value, row, length, head_size, transposed_values);
  pack_rows(key, row, length, head_size, keys);
  transpose_positions(positions, length, head_size, o.transposed, by_key, by_query);
  const ptrdiff_t last = (ptrdiff_t)length - 1;
  if (positions.keys) {
    copy_rows(positions.keys + last * positions.row, -positions.row, o.offsets, head_size, table_factor, key_rows);
  }
  if (positions.queries) {
    copy_rows(positions.queries - last * positions.row, positions.row, o.offsets, head_size, table_factor, query_rows);
  }
  for (size_t first = 0; first < length; first += l.rows) {
    b.first = first;
    b.rows = length - first < l.rows ? length - first : l.rows;
    const float *block_dcontext = dcontext + first * hidden;
    pack_rows(query + first * row, row, b.rows, head_size, queries);
    pack_rows(block_dcontext, hidden, b.rows, head_size, outputs);
    score_block(&b, transposed_keys, positions.keys ? by_key : NULL, positions.queries ? by_query : NULL, scores);
    small_gemm_arguments product = {
        .rows = b.rows, .columns = round_up(length, LANES), .depth = head_size, .a = block_dcontext, .a_row = hidden,
        .a_depth = 1, .b = transposed_values, .b_panel = head_size * PANEL, .b_row = PANEL, .c = gradient,
        .c_row = l.score_row};
    salience_small_gemm(&product);
    for (size_t r = 0; r < b.rows; r++) {
      const size_t at = (first + r) * row, context_at = (first + r) * hidden;
      prefetch_head(query + at, key + at, value + at, next, head_size);
      prefetch_row(context + context_at, next_context, head_size);
      prefetch_row(dcontext + context_at, next_context, head_size);
      const float offset = inner_product(block_dcontext + r * hidden, context + (first + r) * hidden, head_size);
      softmax_backward_row(scores + r * l.score_row, gradient + r * l.score_row, length, scale,
                           log_sum_exp[(first + r) * heads], offset);
    }
    product = (small_gemm_arguments){
        .rows = b.rows, .columns = l.width, .depth = length, .a = gradient, .a_row = l.score_row, .a_depth = 1,
        .b = keys, .b_panel = PANEL, .b_row = l.width, .c = query_gradient, .c_row = l.width};
    salience_small_gemm(&product);
    if (positions.keys) { add_query_gradient(&b, key_rows, gradient, query_gradient, l.width); }
    unpack_rows(query_gradient, b.rows, head_size, dquery + first * row, row);
    product = (small_gemm_arguments){
        .rows = length, .columns = l.width, .depth = b.rows, .a = gradient, .a_row = 1, .a_depth = l.score_row,
        .b = queries, .b_panel = PANEL, .b_row = l.width, .c = key_gradient, .c_row = l.width,
        .accumulate = first > 0};
    salience_small_gemm(&product);
    product.a = scores;
    product.b = outputs;
    product.c = value_gradient;
    salience_small_gemm(&product);
    if (positions.queries) { add_key_gradient(&b, query_rows, gradient, key_gradient); }
  }
  unpack_rows(key_gradient, length, head_size, dkey, row);
  unpack_rows(value_gradient, length, head_size, dvalue, row);
}

SALIENCE_INLINE void salience_attention_disentangled_backward_body(
    const float *qkv, const float *keys, const float *queries, const float *context, const float *log_sum_exp,
    const float *dcontext, size_t length, size_t heads, size_t head_size, float scale, float table_factor, float *dqkv,
    float *scratch) {
  const size_t hidden = heads * head_size;
  for (size_t h = 0; h < heads; h++) {
    const size_t at = h * head_size;
    disentangled_head_backward(qkv + at, qkv + hidden + at, qkv + 2 * hidden + at, context + at, log_sum_exp + h,
                               dcontext + at, length, heads, head_size, head_positions(keys, queries, hidden, at),
                               scale, table_factor, distance_of_next_head(h, heads, head_size, length, 3 * hidden),
                               distance_of_next_head(h, heads, head_size, length, hidden), dqkv + at,
                               dqkv + hidden + at, dqkv + 2 * hidden + at, scratch);
  }
}

SALIENCE_DISPATCH(salience_attention_disentangled_backward,
                  (const float *qkv, const float *keys, const float *queries, const float *context,
                   const float *log_sum_exp, const float *dcontext, size_t length, size_t heads, size_t head_size,
                   float scale, float table_factor, float *dqkv, float *scratch),
                  (qkv, keys, queries, context, log_sum_exp, dcontext, length, heads, head_size, scale, table_factor,
                   dqkv, scratch))
