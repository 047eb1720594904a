#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { PANEL = 64 };

/// C = A * B, or C += A * B, for matrices that fit a core's caches.
///
/// A is [rows x depth] with any strides. B is [depth x columns] in panels of PANEL columns: element (k, j) lies at
/// b[(j / PANEL) * b_panel + k * b_row + j % PANEL]; a row-major B has b_panel = PANEL. columns is a multiple of 16.
typedef struct {
  size_t rows, columns, depth;
  const float *a;
  size_t a_row, a_depth;
  const float *b;
  size_t b_panel, b_row;
  float *c;
  size_t c_row;
  bool accumulate;
} small_gemm_arguments;

/// An element's sum over depth has the same order whatever its row, its column and the other dimensions.
__attribute__((visibility("hidden"))) void salience_small_gemm(const small_gemm_arguments *g);
