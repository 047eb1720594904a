#pragma once

#include "vector_math.h"

/// The mean of exp(-t) over 0 <= t <= w, which is (1 - exp(-w)) / w; for w >= 0.
SALIENCE_INLINE f16v mean_decay(f16v w) {
  // Near 0 the quotient loses digits: the series has them to w = 1/2.
  f16v p = w * (-1.0f / 40320.0f) + 1.0f / 5040.0f;
  p = p * w + -1.0f / 720.0f;
  p = p * w + 1.0f / 120.0f;
  p = p * w + -1.0f / 24.0f;
  p = p * w + 1.0f / 6.0f;
  p = p * w + -0.5f;
  p = p * w + 1.0f;
  return w < 0.5f ? p : (1.0f - vector_exp(-w)) / w;
}

/// (exp(s) - exp(t)) / (s - t), for s and t up to 88.
SALIENCE_INLINE f16v logarithmic_mean(f16v s, f16v t) {
  return vector_exp(maximum(s, t)) * mean_decay(absolute(s - t));
}
