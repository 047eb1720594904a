#include "salience_kernels.h"
#include "vector_math.h"

// Sixteen columns at a time, down the tokens of one sequence.

SALIENCE_INLINE void softmax_of_columns(const float *x, const _Bool *candidates, size_t length, size_t width,
                                        size_t lanes, float *y) {
  f16v top = -__builtin_inff();
  for (size_t t = 0; t < length; t++) {
    if (candidates[t]) { top = maximum(load_part(x + t * width, lanes), top); }
  }
  f16v sum = 0;
  for (size_t t = 0; t < length; t++) {
    const f16v e = candidates[t] ? vector_exp(load_part(x + t * width, lanes) - top) : (f16v)0.0f;
    store_part(y + t * width, e, lanes);
    sum += e;
  }
  // Without candidates there is nothing to divide.
  const f16v reciprocal = sum == 0.0f ? (f16v)0.0f : 1.0f / sum;
  for (size_t t = 0; t < length; t++) {
    store_part(y + t * width, load_part(y + t * width, lanes) * reciprocal, lanes);
  }
}

SALIENCE_INLINE void salience_token_softmax_body(const float *x, const _Bool *candidates, size_t length, size_t width,
                                                 float *y) {
  for (size_t i = 0; i < width; i += LANES) {
    softmax_of_columns(x + i, candidates, length, width, width - i < LANES ? width - i : LANES, y + i);
  }
}

// The likeliest token's dy is subtracted from all: where its probability is near 1, 1 - y has no digits left.
SALIENCE_INLINE void softmax_backward_of_columns(const float *dy, const float *y, size_t length, size_t width,
                                                 size_t lanes, float *dx) {
  f16v best = -1.0f, base = 0;
  for (size_t t = 0; t < length; t++) {
    const f16v p = load_part(y + t * width, lanes);
    base = p > best ? load_part(dy + t * width, lanes) : base;
    best = maximum(p, best);
  }
  f16v sum = 0;
  for (size_t t = 0; t < length; t++) {
    sum += (load_part(dy + t * width, lanes) - base) * load_part(y + t * width, lanes);
  }
  for (size_t t = 0; t < length; t++) {
    const f16v slope = load_part(dy + t * width, lanes) - base;
    store_part(dx + t * width, load_part(y + t * width, lanes) * (slope - sum), lanes);
  }
}

SALIENCE_INLINE void salience_token_softmax_backward_body(const float *dy, const float *y, size_t length, size_t width,
                                                          float *dx) {
  for (size_t i = 0; i < width; i += LANES) {
    softmax_backward_of_columns(dy + i, y + i, length, width, width - i < LANES ? width - i : LANES, dx + i);
  }
}

SALIENCE_DISPATCH(salience_token_softmax,
                  (const float *x, const _Bool *candidates, size_t length, size_t width, float *y),
                  (x, candidates, length, width, y))
SALIENCE_DISPATCH(salience_token_softmax_backward,
                  (const float *dy, const float *y, size_t length, size_t width, float *dx),
                  (dy, y, length, width, dx))
