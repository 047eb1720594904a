#pragma once

#include "simd.h"

/// exp(x) for x <= 88, within 1.5 units in the last place; 0 below the smallest normal number.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite), a minimax polynomial in r, and n added to the exponent bits.
SALIENCE_INLINE f16v vector_exp(f16v x) {
  const float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
  const float smallest = -87.33654f;
  f16v clamped = x < smallest ? (f16v)smallest : x;
  f16v shifted = clamped * 1.44269504f + round;
  f16v n = shifted - round;
  f16v r = clamped - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  f16v p = r * 1.3814570847898722e-3f + 8.36872961371372e-3f;
  p = p * r + 4.166838899254799e-2f;
  p = p * r + 0.1666652113199234f;
  p = p * r + 0.4999999403953552f;
  p = p * (r * r) + r;
  p = p + 1.0f;
  f16v value = float_of(bits_of(p) + (bits_of(shifted) << 23));
  return x < smallest ? (f16v)0.0f : value;
}

/// The logistic function of x and of -x, each accurate where it is small.
typedef struct {
  f16v value, complement;
} logistic;

SALIENCE_INLINE logistic vector_logistic(f16v x) {
  f16v e = vector_exp(-absolute(x));
  f16v large = 1.0f / (1.0f + e);
  f16v small = e * large;
  return (logistic){x < 0.0f ? small : large, x < 0.0f ? large : small};
}

/// The standard normal distribution function and its density.
typedef struct {
  f16v distribution, density;
} normal;

/// Phi(x) by exp(-x^2 / 2) * G(w) with w = (|x| - 4) / (|x| + 4), absolute error below 1e-7.
///
/// G, half the scaled complementary error function of |x| / sqrt 2, is a degree 9 minimax fit over |x| <= 13.3.
SALIENCE_INLINE normal vector_normal(f16v x) {
  f16v a = absolute(x);
  a = a > 32.0f ? (f16v)32.0f : a;  // both functions are constant in float32 long before
  f16v e = vector_exp(a * a * -0.5f);
  f16v w = (a - 4.0f) / (a + 4.0f);
  f16v g = w * -7.3020245e-05f + -0.00017936151f;
  g = g * w + 0.0006621214f;
  g = g * w + 0.0005138332f;
  g = g * w + -0.008497467f;
  g = g * w + 0.030862166f;
  g = g * w + -0.07170712f;
  g = g * w + 0.12437952f;
  g = g * w + -0.17039771f;
  g = g * w + 0.094410636f;
  f16v tail = e * g;
  return (normal){x < 0.0f ? tail : 1.0f - tail, e * 0.3989422804f};
}

/// tanh(x) and its derivative.
typedef struct {
  f16v value, derivative;
} hyperbolic_tangent;

SALIENCE_INLINE hyperbolic_tangent vector_tanh(f16v x) {
  f16v a = absolute(x);
  f16v e = vector_exp(a * -2.0f);
  f16v r = 1.0f / (1.0f + e);
  f16v large = (1.0f - e) * r;
  // Near 0 the quotient loses digits: x + x^3 p(x^2), a minimax fit over |x| <= 0.625.
  f16v u = x * x;
  f16v p = u * -0.005717037245631218f + 0.020650580525398254f;
  p = p * u + -0.05374349653720856f;
  p = p * u + 0.13331490755081177f;
  p = p * u + -0.3333328366279602f;
  f16v small = a + a * u * p;
  f16v magnitude = a < 0.625f ? small : large;
  f16v value = float_of(bits_of(magnitude) | (bits_of(x) & (i16v)INT32_MIN));
  return (hyperbolic_tangent){value, 4.0f * e * (r * r)};
}
