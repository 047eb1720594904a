#pragma once

#include <stdbool.h>

#include "salience_kernels.h"
#include "simd.h"
#include "small_gemm.h"

/// Query rows whose scores are held at a time: with them, the packed keys and values of 512 positions fill about the
/// second-level cache. A multiple of every tile height of the matrix product.
enum { QUERY_BLOCK = 48 };

SALIENCE_INLINE size_t round_up(size_t n, size_t multiple) { return (n + multiple - 1) / multiple * multiple; }

/// Sizes of the pieces of scratch, all multiples of 16 floats.
typedef struct {
  size_t width;       // of a padded head
  size_t rows;        // queries in a block
  size_t score_row;   // distance of two rows of scores: odd in cache lines, lest columns fall into one cache set
  size_t keys;        // of a [length x width] matrix
  size_t transposed;  // of a [head_size x length] matrix in panels
  bool direct;        // whether heads are read and written in place, unpacked
} attention_layout;

SALIENCE_INLINE attention_layout lay_out(size_t length, size_t head_size) {
  attention_layout l;
  l.width = round_up(head_size, LANES);
  l.rows = length < QUERY_BLOCK ? length : QUERY_BLOCK;
  l.score_row = round_up(length, 2 * LANES) + LANES;
  l.keys = length * l.width;
  l.transposed = head_size * round_up(length, PANEL);
  l.direct = l.width == head_size && length <= QUERY_BLOCK;
  return l;
}

/// Keys first ..< end of a sequence.
typedef struct {
  size_t first, end;
} key_range;

/// Whether a window hides any pair of `length` tokens.
SALIENCE_INLINE bool hides_keys(salience_attention_window window, size_t length) {
  return window.before + 1 < length || window.after + 1 < length;
}

/// The keys that query `query` sees.
SALIENCE_INLINE key_range keys_of_query(salience_attention_window window, size_t query, size_t length) {
  return (key_range){query > window.before ? query - window.before : 0,
                     window.after < length - query ? query + window.after + 1 : length};
}

/// The keys that queries first ..< first + rows see, from the beginning of a panel of packed keys on, so that where a
/// key stands in a vector does not depend on the window.
SALIENCE_INLINE key_range keys_of_block(salience_attention_window window, size_t first, size_t rows, size_t length) {
  return (key_range){keys_of_query(window, first, length).first / PANEL * PANEL,
                     keys_of_query(window, first + rows - 1, length).end};
}

/// How far behind the start of a head the head begins that is computed after it: in the same rows or, behind the last
/// head, in those of the next sequence.
SALIENCE_INLINE ptrdiff_t distance_of_next_head(size_t head, size_t heads, size_t head_size, size_t length,
                                                size_t row) {
  return head + 1 < heads ? (ptrdiff_t)head_size : (ptrdiff_t)(length * row) - (ptrdiff_t)(head * head_size);
}

/// Asks for a row of the next head. The rows of a head lie up to pages apart, where no processor foresees them, and
/// waiting for them takes short sequences as long as computing with them.
SALIENCE_INLINE void prefetch_row(const float *row, ptrdiff_t distance, size_t head_size) {
  // An address alone: behind the last sequence there is nothing to read, and asking for it does nothing.
  const uintptr_t next = (uintptr_t)row + (uintptr_t)distance * sizeof *row;
  for (size_t d = 0; d < head_size; d += LANES) { __builtin_prefetch((const float *)next + d, 0, 2); }
}

/// Asks for a row of the next head's queries, keys and values.
SALIENCE_INLINE void prefetch_head(const float *query, const float *key, const float *value, ptrdiff_t distance,
                                   size_t head_size) {
  prefetch_row(query, distance, head_size);
  prefetch_row(key, distance, head_size);
  prefetch_row(value, distance, head_size);
}

/// Copies a head's rows out of wider rows, padding them with zeros up to a multiple of 16.
SALIENCE_INLINE void pack_rows(const float *from, size_t from_row, size_t rows, size_t head_size, float *to) {
  const size_t whole = head_size / LANES * LANES, rest = head_size - whole;
  for (size_t r = 0; r < rows; r++, from += from_row) {
    for (size_t d = 0; d < whole; d += LANES, to += LANES) { store16(to, load16(from + d)); }
    if (rest) {
      store16(to, load_part(from + whole, rest));
      to += LANES;
    }
  }
}

/// Copies padded rows back into wider rows.
SALIENCE_INLINE void unpack_rows(const float *from, size_t rows, size_t head_size, float *to, size_t to_row) {
  const size_t whole = head_size / LANES * LANES, rest = head_size - whole;
  for (size_t r = 0; r < rows; r++, to += to_row) {
    for (size_t d = 0; d < whole; d += LANES, from += LANES) { store16(to + d, load16(from)); }
    if (rest) {
      store_part(to + whole, load16(from), rest);
      from += LANES;
    }
  }
}

/// Transposes 16 x 16 elements: four rounds, each exchanging blocks of half the size of the last.
SALIENCE_INLINE void transpose16(f16v v[LANES]) {
#define SALIENCE_ROUND(step)                                                         \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) {               \
    if ((i & step) == 0) {                                                           \
      f16v a = v[i], b = v[i + step];                                                \
      v[i] = __builtin_shufflevector(a, b, SALIENCE_LOW_##step);                     \
      v[i + step] = __builtin_shufflevector(a, b, SALIENCE_HIGH_##step);             \
    }                                                                                \
  }
#define SALIENCE_LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define SALIENCE_HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define SALIENCE_LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define SALIENCE_HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define SALIENCE_LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define SALIENCE_HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define SALIENCE_LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define SALIENCE_HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
  SALIENCE_ROUND(8)
  SALIENCE_ROUND(4)
  SALIENCE_ROUND(2)
  SALIENCE_ROUND(1)
#undef SALIENCE_ROUND
}

/// Writes a head's rows transposed, [head_size x rows] in panels of PANEL columns; further columns up to a multiple of
/// 16 repeat the last.
SALIENCE_INLINE void pack_transposed(const float *from, size_t from_row, size_t rows, size_t head_size, float *to) {
  for (size_t j = 0; j < rows; j += LANES) {
    float *panel = to + j / PANEL * (head_size * PANEL) + j % PANEL;
    const size_t count = rows - j < LANES ? rows - j : LANES;
    for (size_t d = 0; d < head_size; d += LANES) {
      const size_t depth = head_size - d < LANES ? head_size - d : LANES;
      const float *corner = from + j * from_row + d;
      f16v block[LANES];
      // Rows past the last repeat it: their columns are never used, and branches would cost more.
#pragma clang loop unroll(full)
      for (size_t i = 0; i < LANES; i++) {
        const float *source = corner + (i < count ? i : count - 1) * from_row;
        block[i] = depth == LANES ? load16(source) : load_part(source, depth);
      }
      transpose16(block);
      if (depth == LANES) {
#pragma clang loop unroll(full)
        for (int i = 0; i < LANES; i++) { store16(panel + (d + i) * PANEL, block[i]); }
      } else {
        for (size_t i = 0; i < depth; i++) { store16(panel + (d + i) * PANEL, block[i]); }
      }
    }
  }
}
