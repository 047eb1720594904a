#pragma once

#include "activation_functions.h"
#include "logarithmic_mean.h"

// (f(x) - f(z)) / (x - z) without differences of rounded values, so that it keeps its digits however near x and z are
// and however flat f is.

/// tanh x - tanh z = sinh(x - z) / (cosh x cosh z), with the exponentials of all three drawn together.
SALIENCE_INLINE f16v hyperbolic_quotient(f16v x, f16v z) {
  const f16v a = absolute(x), b = absolute(z), far = absolute(x - z);
  // |x - z| - |x| - |z|
  const f16v e = vector_exp((bits_of(x) ^ bits_of(z)) < 0 ? (f16v)0.0f : minimum(a, b) * -2.0f);
  return 4.0f * e * mean_decay(far * 2.0f) / ((1.0f + vector_exp(a * -2.0f)) * (1.0f + vector_exp(b * -2.0f)));
}

/// The logistic function is (1 + tanh(x / 2)) / 2.
SALIENCE_INLINE f16v logistic_quotient(f16v x, f16v z) { return 0.25f * hyperbolic_quotient(x * 0.5f, z * 0.5f); }

SALIENCE_INLINE f16v mean_of(f16v a, f16v b) { return 0.5f * (a + b); }

// Of x g(x) it is the mean of g, and the mean of x times g's own.
SALIENCE_INLINE f16v silu_quotient(f16v x, f16v z) {
  return mean_of(vector_logistic(x).value, vector_logistic(z).value) + mean_of(x, z) * logistic_quotient(x, z);
}

SALIENCE_INLINE f16v gelu_tanh_quotient(f16v x, f16v z) {
  const float twice_root = 1.5957691216057308f, cubic = twice_root * 0.044715f;  // twice_root = 2 * sqrt(2 / pi)
  // The bound keeps the cubes finite.
  const float most = 1e12f;
  f16v c = x > most ? (f16v)most : x, d = z > most ? (f16v)most : z;
  c = c < -most ? (f16v)-most : c;
  d = d < -most ? (f16v)-most : d;
  const f16v u = c * (c * c * cubic + twice_root), v = d * (d * d * cubic + twice_root);
  const f16v slope = logistic_quotient(u, v) * ((c * c + c * d + d * d) * cubic + twice_root);
  return mean_of(vector_logistic(u).value, vector_logistic(v).value) + mean_of(x, z) * slope;
}

/// The normal distribution function's quotient is the mean of the density between x and z, by four points of
/// Gauss-Legendre where they are less than 1 apart.
SALIENCE_INLINE f16v normal_quotient(f16v x, f16v z) {
  const f16v middle = mean_of(x, z), half = 0.5f * (x - z);
  const f16v inner = half * 0.3399810435848563f, outer = half * 0.8611363115940526f;
  const float inner_weight = 0.3260725774312731f, outer_weight = 0.1739274225687269f;
  f16v sum = 0;
#define SALIENCE_POINT(weight, at)                   \
  {                                                  \
    const f16v t = at;                               \
    sum += weight * vector_exp(t * t * -0.5f);       \
  }
  SALIENCE_POINT(inner_weight, middle + inner)
  SALIENCE_POINT(inner_weight, middle - inner)
  SALIENCE_POINT(outer_weight, middle + outer)
  SALIENCE_POINT(outer_weight, middle - outer)
#undef SALIENCE_POINT
  const f16v far = (vector_normal(x).distribution - vector_normal(z).distribution) / (x - z);
  return absolute(x - z) < 1.0f ? sum * 0.3989422804f : far;
}

SALIENCE_INLINE f16v gelu_quotient(f16v x, f16v z) {
  return mean_of(vector_normal(x).distribution, vector_normal(z).distribution) + mean_of(x, z) * normal_quotient(x, z);
}

SALIENCE_INLINE f16v relu_quotient(f16v x, f16v z) {
  return x == z ? relu(x).derivative : (relu(x).value - relu(z).value) / (x - z);
}
