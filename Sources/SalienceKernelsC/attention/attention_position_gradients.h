#pragma once

#include "attention_positions.h"

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
