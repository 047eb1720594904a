#include <string.h>

#include "salience_kernels.h"
#include "simd.h"
#include "small_gemm.h"

// A head's matrix [depth x columns] lies in panels of PANEL columns, each padded with zeros to whole vectors; a matrix
// of a single panel is no wider than its vectors.

static size_t padded(size_t columns) { return (columns + LANES - 1) / LANES * LANES; }

static size_t panel_width(size_t columns) { return columns < PANEL ? padded(columns) : PANEL; }

static size_t matrix_size(size_t depth, size_t columns) {
  const size_t width = panel_width(columns);
  return width ? depth * ((columns + width - 1) / width * width) : 0;
}

size_t salience_head_projection_packed(size_t heads, size_t depth, size_t columns) {
  return heads * matrix_size(depth, columns);
}

void salience_head_projection_pack(const float *weight, size_t heads, size_t rows, size_t columns, int transposed,
                                   float *packed) {
  // Transposed, W_h [rows x columns] is the matrix itself; else its transpose is.
  const size_t depth = transposed ? rows : columns, outputs = transposed ? columns : rows;
  const size_t width = panel_width(outputs), size = matrix_size(depth, outputs);
  memset(packed, 0, heads * size * sizeof *packed);
  for (size_t h = 0; h < heads; h++) {
    const float *from = weight + h * rows * columns;
    float *to = packed + h * size;
    for (size_t r = 0; r < rows; r++) {
      for (size_t c = 0; c < columns; c++) {
        const size_t k = transposed ? r : c, j = transposed ? c : r;
        to[j / width * (depth * width) + k * width + j % width] = from[r * columns + c];
      }
    }
  }
}

size_t salience_head_projection_scratch(size_t rows, size_t columns) {
  return columns % LANES ? rows * padded(columns) : 0;
}

void salience_head_projection(const float *x, size_t rows, size_t heads, size_t depth, size_t columns,
                              const float *packed, const float *bias, float *y, float *scratch) {
  const size_t size = matrix_size(depth, columns), width = panel_width(columns), row = heads * columns;
  const int direct = columns % LANES == 0;
  for (size_t h = 0; h < heads; h++) {
    float *own = y + h * columns, *product = direct ? own : scratch;
    const size_t product_row = direct ? row : padded(columns);
    salience_small_gemm(&(small_gemm_arguments){
        .rows = rows, .columns = padded(columns), .depth = depth,
        .a = x + h * depth, .a_row = heads * depth, .a_depth = 1,
        .b = packed + h * size, .b_panel = depth * width, .b_row = width,
        .c = product, .c_row = product_row});
    for (size_t r = 0; r < rows && !direct; r++) {
      memcpy(own + r * row, product + r * product_row, columns * sizeof *own);
    }
  }
  if (bias) { salience_add_rows(bias, rows, row, y); }
}
