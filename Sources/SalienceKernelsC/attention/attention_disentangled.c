#include "attention_positions.h"
#include "salience_kernels.h"
#include "softmax.h"

size_t salience_attention_disentangled_scratch(size_t length, size_t head_size) {
  const attention_layout l = lay_out(length, head_size);
  const offset_layout o = lay_out_offsets(length);
  // K^T, V^T, K, dK, dV; P, dS; Q, dO and dQ of a block; each table as it is and transposed; a band and a tile.
  return 2 * round_up(l.transposed, LANES) + 3 * l.keys + 2 * l.rows * l.score_row + 3 * l.rows * l.width +
         2 * (o.offsets + LANES) * l.width + 2 * head_size * o.transposed + l.rows * o.band_row + KEY_TILE * TILE_ROW;
}

SALIENCE_INLINE void disentangled_head(const float *query, const float *key, const float *value, size_t length,
                                       size_t row, size_t head_size, position_rows positions, float scale,
                                       float *context, size_t context_row, float *log_sum_exp, size_t heads,
                                       ptrdiff_t next, float *scratch) {
  const attention_layout l = lay_out(length, head_size);
  const offset_layout o = lay_out_offsets(length);
  float *transposed_keys = scratch;
  float *values = transposed_keys + round_up(l.transposed, LANES);
  float *scores = values + l.keys;
  float *output = scores + l.rows * l.score_row;
  float *by_key = output + l.rows * l.width;
  float *by_query = by_key + head_size * o.transposed;
  float *band = by_query + head_size * o.transposed;
  query_block b = {.l = l, .o = o, .length = length, .head_size = head_size, .query = query, .key = key, .row = row,
                   .band = band, .tile = band + l.rows * o.band_row};

  pack_transposed(key, row, length, head_size, transposed_keys);
  pack_rows(value, row, length, head_size, values);
  transpose_positions(positions, length, head_size, o.transposed, by_key, by_query);
  for (size_t first = 0; first < length; first += l.rows) {
    b.first = first;
    b.rows = length - first < l.rows ? length - first : l.rows;
    score_block(&b, transposed_keys, positions.keys ? by_key : NULL, positions.queries ? by_query : NULL, scores);
    f16v sums[QUERY_BLOCK / LANES], largest[QUERY_BLOCK / LANES];
    for (size_t i = 0; i < QUERY_BLOCK / LANES; i++) { largest[i] = sums[i] = 1.0f; }
    for (size_t r = 0; r < b.rows; r++) {
      const size_t at = (first + r) * row;
      prefetch_head(query + at, key + at, value + at, next, head_size);
      const softmax_sum s = softmax_row(scores + r * l.score_row, length, scale);
      largest[r / LANES][r % LANES] = s.maximum;
      sums[r / LANES][r % LANES] = s.sum;
    }
    salience_small_gemm(&(small_gemm_arguments){
        .rows = b.rows, .columns = l.width, .depth = length, .a = scores, .a_row = l.score_row, .a_depth = 1,
        .b = values, .b_panel = PANEL, .b_row = l.width, .c = output, .c_row = l.width});
    for (size_t r = 0; r < b.rows; r++) {
      const float factor = 1.0f / sums[r / LANES][r % LANES];
      float *p = output + r * l.width;
      for (size_t d = 0; d < l.width; d += LANES) { store16(p + d, load16(p + d) * factor); }
    }
    unpack_rows(output, b.rows, head_size, context + first * context_row, context_row);
    for (size_t r = 0; log_sum_exp && r < b.rows; r += LANES) {
      const f16v logarithm = largest[r / LANES] + vector_log(sums[r / LANES]);
      for (size_t i = r; i < b.rows && i < r + LANES; i++) { log_sum_exp[(first + i) * heads] = logarithm[i - r]; }
    }
  }
}

SALIENCE_INLINE void salience_attention_disentangled_body(const float *qkv, const float *keys, const float *queries,
                                                          size_t length, size_t heads, size_t head_size, float scale,
                                                          float *context, float *log_sum_exp, float *scratch) {
  const size_t hidden = heads * head_size;
  for (size_t h = 0; h < heads; h++) {
    const float *query = qkv + h * head_size;
    disentangled_head(query, query + hidden, query + 2 * hidden, length, 3 * hidden, head_size,
                      head_positions(keys, queries, hidden, h * head_size), scale, context + h * head_size, hidden,
                      log_sum_exp ? log_sum_exp + h : NULL, heads,
                      distance_of_next_head(h, heads, head_size, length, 3 * hidden), scratch);
  }
}

SALIENCE_DISPATCH(salience_attention_disentangled,
                  (const float *qkv, const float *keys, const float *queries, size_t length, size_t heads,
                   size_t head_size, float scale, float *context, float *log_sum_exp, float *scratch),
                  (qkv, keys, queries, length, heads, head_size, scale, context, log_sum_exp, scratch))
