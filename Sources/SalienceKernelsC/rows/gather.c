#include "salience_kernels.h"
#include "simd.h"

void salience_gather_rows(const float *table, const int32_t *ids, size_t rows, size_t width, float *out) {
  for (size_t r = 0; r < rows; r++) {
    __builtin_memcpy(out + r * width, table + (size_t)ids[r] * width, width * sizeof *out);
  }
}

void salience_gather_rows_add(const float *table, const int32_t *ids, size_t rows, size_t width, float *out) {
  for (size_t r = 0; r < rows; r++) {
    float *row = out + r * width;
    salience_add(row, table + (size_t)ids[r] * width, width, row);
  }
}
