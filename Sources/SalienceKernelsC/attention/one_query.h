#pragma once

#include "vector_math.h"

// What attention of one query a sequence shares: vectors over any number of elements, and a softmax in place.

SALIENCE_INLINE f16v load_some(const float *p, size_t count) {
  return count >= LANES ? load16(p) : load_part(p, count);
}

SALIENCE_INLINE void store_some(float *p, f16v v, size_t count) {
  if (count >= LANES) {
    store16(p, v);
  } else {
    store_part(p, v, count);
  }
}

/// out [count] = the sum over rows of weights[r] * matrix[r]; out may hold weights' source, not the weights.
SALIENCE_INLINE void weighted_sum(const float *weights, size_t weight_row, const float *matrix, size_t matrix_row,
                                  size_t rows, size_t count, float *out) {
  for (size_t i = 0; i < count; i += LANES) {
    f16v even = 0, odd = 0;
    size_t r = 0;
    for (; r + 2 <= rows; r += 2) {
      even += weights[r * weight_row] * load_some(matrix + r * matrix_row + i, count - i);
      odd += weights[(r + 1) * weight_row] * load_some(matrix + (r + 1) * matrix_row + i, count - i);
    }
    if (r < rows) { even += weights[r * weight_row] * load_some(matrix + r * matrix_row + i, count - i); }
    store_some(out + i, even + odd, count - i);
  }
}

SALIENCE_INLINE void softmax(float *scores, size_t count, float scale) {
  float largest = -__builtin_inff();
  for (size_t i = 0; i < count; i++) {
    scores[i] *= scale;
    largest = scores[i] > largest ? scores[i] : largest;
  }
  f16v sum = 0;
  for (size_t i = 0; i < count; i += LANES) {
    f16v e = vector_exp(load_some(scores + i, count - i) - largest);
    e = first_lanes(count - i < LANES ? count - i : LANES) ? e : (f16v)0.0f;
    store_some(scores + i, e, count - i);
    sum += e;
  }
  const float reciprocal = 1.0f / horizontal_sum(sum);
  for (size_t i = 0; i < count; i++) { scores[i] *= reciprocal; }
}
