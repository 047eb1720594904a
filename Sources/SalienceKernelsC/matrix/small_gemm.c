#include "small_gemm.h"

#include "simd.h"

// A tile of C stays in registers while the depth is walked: `height` rows of `vectors` x 16 columns. The depth is cut
// so that a panel of B stays in the first-level cache.
enum { DEPTH_BLOCK = 64, MAXIMUM_HEIGHT = 6, MAXIMUM_VECTORS = PANEL / LANES };

SALIENCE_INLINE void tile(const int height, const int vectors, size_t depth, const float *a, size_t a_row,
                          size_t a_depth, const float *b, size_t b_row, float *c, size_t c_row, bool accumulate) {
  f16v sum[MAXIMUM_HEIGHT][MAXIMUM_VECTORS];
#pragma clang loop unroll(full)
  for (int r = 0; r < height; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) { sum[r][v] = 0; }
  }
  for (size_t k = 0; k < depth; k++) {
    f16v row[MAXIMUM_VECTORS];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) { row[v] = load16(b + k * b_row + v * LANES); }
#pragma clang loop unroll(full)
    for (int r = 0; r < height; r++) {
      f16v left = a[r * a_row + k * a_depth];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) { sum[r][v] += left * row[v]; }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < height; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      float *p = c + r * c_row + v * LANES;
      store16(p, accumulate ? load16(p) + sum[r][v] : sum[r][v]);
    }
  }
}

/// All rows of one strip of columns, in tiles of `height` rows, then of 4, 2 and 1.
SALIENCE_INLINE void strip(const int height, const int vectors, const small_gemm_arguments *g, size_t depth,
                           const float *a, const float *b, float *c, bool accumulate) {
  size_t r = 0;
#define SALIENCE_TILE(h) \
  tile(h, vectors, depth, a + r * g->a_row, g->a_row, g->a_depth, b, g->b_row, c + r * g->c_row, g->c_row, accumulate)
  for (; r + height <= g->rows; r += height) { SALIENCE_TILE(height); }
  if (height > 4 && r + 4 <= g->rows) {
    SALIENCE_TILE(4);
    r += 4;
  }
  if (height > 2 && r + 2 <= g->rows) {
    SALIENCE_TILE(2);
    r += 2;
  }
  if (r < g->rows) { SALIENCE_TILE(1); }
#undef SALIENCE_TILE
}

SALIENCE_INLINE void gemm(const int height, const int vectors, const small_gemm_arguments *g) {
  for (size_t k = 0; k < g->depth || k == 0; k += DEPTH_BLOCK) {
    const size_t depth = g->depth - k < DEPTH_BLOCK ? g->depth - k : DEPTH_BLOCK;
    const bool accumulate = g->accumulate || k > 0;
    const float *a = g->a + k * g->a_depth;
    for (size_t j = 0; j < g->columns;) {
      const float *b = g->b + j / PANEL * g->b_panel + k * g->b_row + j % PANEL;
      const size_t left = (g->columns - j) / LANES;
      // `vectors` divides the panel, so no strip of that width crosses a panel's end.
      if (left >= (size_t)vectors) {
        strip(height, vectors, g, depth, a, b, g->c + j, accumulate);
        j += vectors * LANES;
      } else if (vectors > 3 && left == 3) {
        strip(height, 3, g, depth, a, b, g->c + j, accumulate);
        j += 3 * LANES;
      } else if (vectors > 2 && left == 2) {
        strip(height, 2, g, depth, a, b, g->c + j, accumulate);
        j += 2 * LANES;
      } else {
        strip(height, 1, g, depth, a, b, g->c + j, accumulate);
        j += LANES;
      }
    }
  }
}

// The largest tiles whose sums, one row of B and one element of A fit the registers: 32 of one vector in AVX-512,
// 16 of half a vector in AVX2, 16 of a quarter in SSE, 32 of a quarter in NEON.
#if defined(__x86_64__)
SALIENCE_AVX512 static void gemm_avx512(const small_gemm_arguments *g) { gemm(6, 4, g); }
SALIENCE_AVX2 static void gemm_avx2(const small_gemm_arguments *g) { gemm(6, 1, g); }
static void gemm_baseline(const small_gemm_arguments *g) { gemm(2, 1, g); }

void salience_small_gemm(const small_gemm_arguments *g) {
  switch (instruction_set()) {
  case 2: gemm_avx512(g); break;
  case 1: gemm_avx2(g); break;
  default: gemm_baseline(g);
  }
}
#else
void salience_small_gemm(const small_gemm_arguments *g) { gemm(6, 1, g); }
#endif
