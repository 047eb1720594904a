#pragma once

#include "attention_layout.h"

// Both terms of the positions are matrix products over offsets, of which the pairs of a block of queries read a band:
// the queries' scores against offsets, and tiles of 16 keys against offsets, transposed into the queries' rows.

/// Keys of a tile, and the distance of two of its rows: an odd number of cache lines that holds a block of queries and
/// a tile more.
enum { KEY_TILE = LANES, TILE_ROW = QUERY_BLOCK + 2 * LANES };

/// Sizes of the pieces of scratch beside those of plain attention, all multiples of 16 floats.
typedef struct {
  size_t offsets;     // from -(length - 1) to length - 1
  size_t transposed;  // distance of two rows of a [head_size x offsets] matrix
  size_t band_row;    // distance of two rows of a block's products with offsets
} offset_layout;

SALIENCE_INLINE offset_layout lay_out_offsets(size_t length) {
  offset_layout o;
  o.offsets = 2 * length - 1;
  o.transposed = round_up(o.offsets + LANES, 2 * LANES) + LANES;
  o.band_row = round_up(length + QUERY_BLOCK + LANES, 2 * LANES) + LANES;
  return o;
}

/// A head's rows of a table: row i - j is `table + (i - j) * row`; null for none.
typedef struct {
  const float *keys, *queries;
  ptrdiff_t row;
} position_rows;

/// Writes `count` rows transposed, [head_size x count] with rows of `to_row` floats; further columns up to a multiple
/// of 16 repeat the last.
SALIENCE_INLINE void transpose_rows(const float *from, ptrdiff_t from_row, size_t count, size_t head_size, float *to,
                                    size_t to_row) {
  for (size_t j = 0; j < count; j += LANES) {
    const size_t valid = count - j < LANES ? count - j : LANES;
    for (size_t d = 0; d < head_size; d += LANES) {
      const size_t depth = head_size - d < LANES ? head_size - d : LANES;
      f16v block[LANES];
      for (size_t i = 0; i < LANES; i++) {
        const float *source = from + (ptrdiff_t)(j + (i < valid ? i : valid - 1)) * from_row + d;
        block[i] = depth == LANES ? load16(source) : load_part(source, depth);
      }
      transpose16(block);
      for (size_t i = 0; i < depth; i++) { store16(to + (d + i) * to_row + j, block[i]); }
    }
  }
}

/// One block of queries of one head.
typedef struct {
  attention_layout l;
  offset_layout o;
  size_t length, head_size, first, rows;
  const float *query, *key;  // of the sequence
  size_t row;
  float *band, *tile;
} query_block;

/// The first of the offsets, counted from -(length - 1), that the pairs of the block and keys first_key ..< end read,
/// where they are sorted by j - i, and where by i - j.
SALIENCE_INLINE size_t first_by_key(const query_block *b) { return b->length - b->first - b->rows; }
SALIENCE_INLINE size_t first_by_query(const query_block *b, size_t end) { return b->first + b->length - end; }

/// scores[i][j] += q_i · keys[i - j], with the table transposed and sorted by j - i.
SALIENCE_INLINE void add_key_positions(const query_block *b, const float *transposed, float *scores) {
  salience_small_gemm(&(small_gemm_arguments){
      .rows = b->rows, .columns = round_up(b->length + b->rows - 1, LANES), .depth = b->head_size,
      .a = b->query + b->first * b->row, .a_row = b->row, .a_depth = 1,
      .b = transposed + first_by_key(b), .b_panel = PANEL, .b_row = b->o.transposed,
      .c = b->band, .c_row = b->o.band_row});
  for (size_t r = 0; r < b->rows; r++) {
    float *to = scores + r * b->l.score_row;
    const float *from = b->band + r * b->o.band_row + (b->rows - 1 - r);
    for (size_t j = 0; j < b->length; j += LANES) { store16(to + j, load16(to + j) + load16(from + j)); }
  }
}

/// scores[i][j] += k_j · queries[i - j], with the table transposed and sorted by i - j.
SALIENCE_INLINE void add_query_positions(const query_block *b, const float *transposed, float *scores) {
  for (size_t j = 0; j < b->length; j += KEY_TILE) {
    const size_t keys = b->length - j < KEY_TILE ? b->length - j : KEY_TILE;
    salience_small_gemm(&(small_gemm_arguments){
        .rows = keys, .columns = round_up(b->rows + keys - 1, LANES), .depth = b->head_size,
        .a = b->key + j * b->row, .a_row = b->row, .a_depth = 1,
        .b = transposed + first_by_query(b, j + keys), .b_panel = PANEL, .b_row = b->o.transposed,
        .c = b->tile, .c_row = TILE_ROW});
    for (size_t r = 0; r < b->rows; r += LANES) {
      f16v block[LANES];
      for (size_t i = 0; i < LANES; i++) {
        const size_t k = i < keys ? i : keys - 1;
        block[i] = load16(b->tile + k * TILE_ROW + (keys - 1 - k) + r);
      }
      transpose16(block);
      for (size_t i = 0; i < LANES && r + i < b->rows; i++) {
        float *to = scores + (r + i) * b->l.score_row + j;
        store16(to, load16(to) + block[i]);
      }
    }
  }
}

/// q · k of the block and every key, and what the positions add to it.
SALIENCE_INLINE void score_block(const query_block *b, const float *transposed_keys, const float *by_key,
                                 const float *by_query, float *scores) {
  salience_small_gemm(&(small_gemm_arguments){
      .rows = b->rows, .columns = round_up(b->length, LANES), .depth = b->head_size,
      .a = b->query + b->first * b->row, .a_row = b->row, .a_depth = 1,
      .b = transposed_keys, .b_panel = b->head_size * PANEL, .b_row = PANEL, .c = scores, .c_row = b->l.score_row});
  if (by_key) { add_key_positions(b, by_key, scores); }
  if (by_query) { add_query_positions(b, by_query, scores); }
}

/// Writes the tables that there are transposed, the first sorted by j - i and the second by i - j.
SALIENCE_INLINE void transpose_positions(position_rows positions, size_t length, size_t head_size, size_t row,
                                         float *by_key, float *by_query) {
  const ptrdiff_t last = (ptrdiff_t)length - 1;
  if (positions.keys) {
    transpose_rows(positions.keys + last * positions.row, -positions.row, 2 * length - 1, head_size, by_key, row);
  }
  if (positions.queries) {
    transpose_rows(positions.queries - last * positions.row, positions.row, 2 * length - 1, head_size, by_query, row);
  }
}

SALIENCE_INLINE position_rows head_positions(const float *keys, const float *queries, size_t hidden, size_t at) {
  return (position_rows){keys ? keys + at : NULL, queries ? queries + at : NULL, (ptrdiff_t)hidden};
}
