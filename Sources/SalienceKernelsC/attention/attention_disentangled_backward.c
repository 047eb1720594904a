#include "attention_positions.h"
#include "salience_kernels.h"
#include "softmax_backward.h"

/// Copies `count` rows times `factor`, padding them with zeros up to a multiple of 16.
SALIENCE_INLINE void copy_rows(const float *from, ptrdiff_t from_row, size_t count, size_t head_size, float factor,
                               float *to) {
  const size_t width = round_up(head_size, LANES);
  for (size_t j = 0; j < count; j++) { pack_rows(from + (ptrdiff_t)j * from_row, 0, 1, head_size, to + j * width); }
  if (factor == 1.0f) { return; }
  for (size_t i = 0; i < count * width; i += LANES) { store16(to + i, load16(to + i) * factor); }
}

/// dq_i += the sum over j of dS[i][j] keys[i - j], with the table sorted by j - i.
SALIENCE_INLINE void add_query_gradient(const query_block *b, const float *table, const float *gradient, float *dquery,
                                        size_t dquery_row) {
  const size_t depth = b->length + b->rows - 1;
  for (size_t r = 0; r < b->rows; r++) {
    const float *from = gradient + r * b->l.score_row;
    float *to = b->band + r * b->o.band_row;
    for (size_t c = 0; c < depth; c += LANES) { store16(to + c, (f16v)0.0f); }
    to += b->rows - 1 - r;
    size_t j = 0;
    for (; j + LANES <= b->length; j += LANES) { store16(to + j, load16(from + j)); }
    if (j < b->length) { store_part(to + j, load16(from + j), b->length - j); }
  }
  salience_small_gemm(&(small_gemm_arguments){
      .rows = b->rows, .columns = b->l.width, .depth = depth, .a = b->band, .a_row = b->o.band_row, .a_depth = 1,
      .b = table + first_by_key(b) * b->l.width, .b_panel = PANEL, .b_row = b->l.width,
      .c = dquery, .c_row = dquery_row, .accumulate = true});
}

/// dk_j += the sum over i of dS[i][j] queries[i - j], with the table sorted by i - j.
SALIENCE_INLINE void add_key_gradient(const query_block *b, const float *table, const float *gradient, float *dkey) {
  for (size_t j = 0; j < b->length; j += KEY_TILE) {
    const size_t keys = b->length - j < KEY_TILE ? b->length - j : KEY_TILE;
    for (size_t i = 0; i < keys * TILE_ROW; i += LANES) { store16(b->tile + i, (f16v)0.0f); }
    for (size_t r = 0; r < b->rows; r += LANES) {
      f16v block[LANES];
      for (size_t i = 0; i < LANES; i++) {
        block[i] = r + i < b->rows ? load16(gradient + (r + i) * b->l.score_row + j) : (f16v)0.0f;
      }
      transpose16(block);
      for (size_t k = 0; k < keys; k++) { store16(b->tile + k * TILE_ROW + (keys - 1 - k) + r, block[k]); }
    }
    salience_small_gemm(&(small_gemm_arguments){
        .rows = keys, .columns = b->l.width, .depth = b->rows + keys - 1,
        .a = b->tile, .a_row = TILE_ROW, .a_depth = 1,
        .b = table + first_by_query(b, j + keys) * b->l.width, .b_panel = PANEL, .b_row = b->l.width,
        .c = dkey + j * b->l.width, .c_row = b->l.width, .accumulate = true});
  }
}

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
