#include "salience_kernels.h"
#include "simd.h"

/// One row, or one group of its columns; r and s are the inverse roots of x and z.
SALIENCE_INLINE void norm_multiplier_of_group(int centered, const float *dy, const float *x, const float *z, float r,
                                              float s, const float *gamma, size_t size, float *dx) {
  const float own = centered ? 1.0f : r, other = centered ? 1.0f : s;
  f16v sum = 0, product = 0;
  for (size_t i = 0; i < size; i += LANES) {
    const size_t count = size - i < LANES ? size - i : LANES;
    const f16v g = load_part(dy + i, count) * load_part(gamma + i, count);
    sum += g;
    product += g * (load_part(x + i, count) * own + load_part(z + i, count) * other);
  }
  const float mean = centered ? horizontal_sum(sum) / (float)size : 0.0f;
  const float projection = horizontal_sum(product) / (float)size;
  const float shared = r * (s / (r + s)), own_share = r / (r + s), other_share = s / (r + s);
  for (size_t i = 0; i < size; i += LANES) {
    const size_t count = size - i < LANES ? size - i : LANES;
    const f16v g = load_part(dy + i, count) * load_part(gamma + i, count) - mean;
    const f16v row = load_part(x + i, count) * (own * other_share) + load_part(z + i, count) * (other * own_share);
    store_part(dx + i, shared * (2.0f * g - projection * row), count);
  }
}

SALIENCE_INLINE void salience_norm_multiplier_body(int centered, const float *dy, const float *x, const float *z,
                                                   const float *root, const float *other_root, const float *gamma,
                                                   size_t rows, size_t width, size_t groups, size_t size, float *dx) {
  for (size_t r = 0; r < rows; r++) {
    const size_t row = r * width;
    for (size_t g = 0; g < groups; g++) {
      const size_t at = row + g * size;
      norm_multiplier_of_group(centered, dy + at, x + at, z + at, root[r * groups + g], other_root[r * groups + g],
                               gamma + g * size, size, dx + at);
    }
    for (size_t i = groups * size; i < width; i++) { dx[row + i] = dy[row + i]; }
  }
}

SALIENCE_DISPATCH(salience_norm_multiplier,
                  (int centered, const float *dy, const float *x, const float *z, const float *root,
                   const float *other_root, const float *gamma, size_t rows, size_t width, size_t groups, size_t size,
                   float *dx),
                  (centered, dy, x, z, root, other_root, gamma, rows, width, groups, size, dx))
