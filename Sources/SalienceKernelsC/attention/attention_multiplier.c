#include "attention_position_gradients.h"
#include "logarithmic_mean.h"
#include "salience_kernels.h"
#include "softmax_backward.h"

size_t salience_attention_multiplier_scratch(size_t length, size_t head_size) {
  const attention_layout l = lay_out(length, head_size);
  const offset_layout o = lay_out_offsets(length);
  // K^T of both and V^T of their mean; mean K, dK, dV; two scores and dS, mean Q, dO and dQ of a block; each table as
  // it is and transposed; a band and a tile.
  return 3 * round_up(l.transposed, LANES) + 3 * l.keys + 3 * l.rows * l.score_row + 3 * l.rows * l.width +
         2 * (o.offsets + LANES) * l.width + 2 * head_size * o.transposed + l.rows * o.band_row + KEY_TILE * TILE_ROW;
}

/// The mean of a head's rows of two sequences, padded as `pack_rows` pads them.
SALIENCE_INLINE void pack_mean_rows(const float *a, const float *b, size_t row, size_t rows, size_t head_size,
                                    float *to) {
  const size_t width = round_up(head_size, LANES);
  pack_rows(a, row, rows, head_size, to);
  for (size_t r = 0; r < rows; r++, to += width) {
    for (size_t d = 0; d < head_size; d += LANES) {
      const f16v other = load_part(b + r * row + d, head_size - d < LANES ? head_size - d : LANES);
      store16(to + d, 0.5f * (load16(to + d) + other));
    }
  }
}

/// From the scores s and t of one query and dP to the mean of both probabilities, in place of s, and to
/// dS = L * (dP - sum(L * dP) / sum(L)) * scale, in place of dP; 0 for keys outside of first ..< end, up to `count`.
SALIENCE_INLINE void softmax_multiplier_row(float *s, float *t, float *gradient, size_t first, size_t end, size_t count,
                                            float scale, float log_s, float log_t) {
  f16v total = 0, shared = 0;
  for (size_t i = 0; i < count; i += LANES) {
    const i16v mask = lanes_within(first, end, i);
    const f16v x = load16(s + i) * scale - log_s, z = load16(t + i) * scale - log_t;
    const f16v weight = mask ? logarithmic_mean(x, z) : (f16v)0.0f;
    const f16v product = weight * load16(gradient + i);
    total += weight;
    shared += mask ? product : (f16v)0.0f;
    store16(t + i, weight);
    store16(s + i, mask ? 0.5f * (vector_exp(x) + vector_exp(z)) : (f16v)0.0f);
  }
  const float mean = horizontal_sum(shared) / horizontal_sum(total);
  for (size_t i = 0; i < count; i += LANES) {
    const f16v slope = load16(t + i) * (load16(gradient + i) - mean) * scale;
    store16(gradient + i, lanes_within(first, end, i) ? slope : (f16v)0.0f);
  }
}

/// `qkv` and `other` begin at a head's queries, `dqkv` at those of the result.
SALIENCE_INLINE void attention_multiplier_head(const float *qkv, const float *other, position_rows positions,
                                               const float *log_sum_exp, const float *other_log_sum_exp,
                                               const float *dcontext, size_t length, size_t heads, size_t head_size,
                                               float scale, salience_attention_window window, float *dqkv,
                                               float *scratch) {
  const attention_layout l = lay_out(length, head_size);
  const offset_layout o = lay_out_offsets(length);
  const size_t hidden = heads * head_size, row = 3 * hidden;
  float *transposed_keys = scratch;
  float *other_keys = transposed_keys + round_up(l.transposed, LANES);
  float *transposed_values = other_keys + round_up(l.transposed, LANES);
  float *keys = transposed_values + round_up(l.transposed, LANES);
  float *key_gradient = keys + l.keys;
  float *value_gradient = key_gradient + l.keys;
  float *scores = value_gradient + l.keys;
  float *other_scores = scores + l.rows * l.score_row;
  float *gradient = other_scores + l.rows * l.score_row;
  float *queries = gradient + l.rows * l.score_row;
  float *outputs = queries + l.rows * l.width;
  float *query_gradient = outputs + l.rows * l.width;
  float *by_key = query_gradient + l.rows * l.width;
  float *by_query = by_key + head_size * o.transposed;
  float *key_rows = by_query + head_size * o.transposed;
  float *query_rows = key_rows + (o.offsets + LANES) * l.width;
  float *band = query_rows + (o.offsets + LANES) * l.width;
  query_block b = {.l = l, .o = o, .length = length, .head_size = head_size, .query = qkv, .key = qkv + hidden,
                   .row = row, .band = band, .tile = band + l.rows * o.band_row};
  query_block partner = b;
  partner.query = other;
  partner.key = other + hidden;

  pack_transposed(qkv + hidden, row, length, head_size, transposed_keys);
  pack_transposed(other + hidden, row, length, head_size, other_keys);
  pack_mean_rows(qkv + 2 * hidden, other + 2 * hidden, row, length, head_size, value_gradient);
  pack_transposed(value_gradient, l.width, length, head_size, transposed_values);
  pack_mean_rows(qkv + hidden, other + hidden, row, length, head_size, keys);
  transpose_positions(positions, length, head_size, o.transposed, by_key, by_query);
  const ptrdiff_t last = (ptrdiff_t)length - 1;
  if (positions.keys) {
    copy_rows(positions.keys + last * positions.row, -positions.row, o.offsets, head_size, 1.0f, key_rows);
  }
  if (positions.queries) {
    copy_rows(positions.queries - last * positions.row, positions.row, o.offsets, head_size, 1.0f, query_rows);
  }
  for (size_t first = 0; first < length; first += l.rows) {
    b.first = partner.first = first;
    b.rows = partner.rows = length - first < l.rows ? length - first : l.rows;
    const float *block_dcontext = dcontext + first * hidden;
    pack_mean_rows(qkv + first * row, other + first * row, row, b.rows, head_size, queries);
    pack_rows(block_dcontext, hidden, b.rows, head_size, outputs);
    const float *key_table = positions.keys ? by_key : NULL, *query_table = positions.queries ? by_query : NULL;
    score_block(&b, transposed_keys, key_table, query_table, scores);
    score_block(&partner, other_keys, key_table, query_table, other_scores);
    small_gemm_arguments product = {
        .rows = b.rows, .columns = round_up(length, LANES), .depth = head_size, .a = block_dcontext, .a_row = hidden,
        .a_depth = 1, .b = transposed_values, .b_panel = head_size * PANEL, .b_row = PANEL, .c = gradient,
        .c_row = l.score_row};
    salience_small_gemm(&product);
    for (size_t r = 0; r < b.rows; r++) {
      const key_range seen = keys_of_query(window, first + r, length);
      softmax_multiplier_row(scores + r * l.score_row, other_scores + r * l.score_row, gradient + r * l.score_row,
                             seen.first, seen.end, length, scale, log_sum_exp[(first + r) * heads],
                             other_log_sum_exp[(first + r) * heads]);
    }
    product = (small_gemm_arguments){
        .rows = b.rows, .columns = l.width, .depth = length, .a = gradient, .a_row = l.score_row, .a_depth = 1,
        .b = keys, .b_panel = PANEL, .b_row = l.width, .c = query_gradient, .c_row = l.width};
    salience_small_gemm(&product);
    if (positions.keys) { add_query_gradient(&b, key_rows, gradient, query_gradient, l.width); }
    unpack_rows(query_gradient, b.rows, head_size, dqkv + first * row, row);
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
  unpack_rows(key_gradient, length, head_size, dqkv + hidden, row);
  unpack_rows(value_gradient, length, head_size, dqkv + 2 * hidden, row);
}

SALIENCE_INLINE void salience_attention_multiplier_body(const float *qkv, const float *other, const float *keys,
                                                        const float *queries, const float *log_sum_exp,
                                                        const float *other_log_sum_exp, const float *dcontext,
                                                        size_t length, size_t heads, size_t head_size, float scale,
                                                        salience_attention_window window, float *dqkv,
                                                        float *scratch) {
  const size_t hidden = heads * head_size;
  for (size_t h = 0; h < heads; h++) {
    const size_t at = h * head_size;
    attention_multiplier_head(qkv + at, other + at, head_positions(keys, queries, hidden, at), log_sum_exp + h,
                              other_log_sum_exp + h, dcontext + at, length, heads, head_size, scale, window, dqkv + at,
                              scratch);
  }
}

SALIENCE_DISPATCH(salience_attention_multiplier,
                  (const float *qkv, const float *other, const float *keys, const float *queries,
                   const float *log_sum_exp, const float *other_log_sum_exp, const float *dcontext, size_t length,
                   size_t heads, size_t head_size, float scale, salience_attention_window window, float *dqkv,
                   float *scratch),
                  (qkv, other, keys, queries, log_sum_exp, other_log_sum_exp, dcontext, length, heads, head_size, scale,
                   window, dqkv, scratch))
