#pragma once

#include "activation.h"
#include "vector_math.h"

// A NaN is neither below nor above 0, and passes through.
SALIENCE_INLINE activation relu(f16v x) {
  return (activation){x < 0.0f ? (f16v)0.0f : x, x > 0.0f ? (f16v)1.0f : (f16v)0.0f};
}

SALIENCE_INLINE activation hyperbolic(f16v x) {
  hyperbolic_tangent t = vector_tanh(x);
  return (activation){t.value, t.derivative};
}

SALIENCE_INLINE activation sigmoid(f16v x) {
  logistic s = vector_logistic(x);
  return (activation){s.value, s.value * s.complement};
}

SALIENCE_INLINE activation silu(f16v x) {
  logistic s = vector_logistic(x);
  return (activation){x * s.value, s.value + x * (s.value * s.complement)};
}

SALIENCE_INLINE activation gelu(f16v x) {
  normal p = vector_normal(x);
  return (activation){x * p.distribution, p.distribution + x * p.density};
}

// (1 + tanh u) / 2 is the logistic function of 2u, which costs one exponential and loses no digits in the tails.
SALIENCE_INLINE activation gelu_tanh(f16v x) {
  const float twice_root = 1.5957691216057308f;  // 2 * sqrt(2 / pi)
  // Beyond 16 the result is x or 0 in float32; the bound keeps the cube finite.
  f16v c = x > 16.0f ? (f16v)16.0f : x;
  c = c < -16.0f ? (f16v)-16.0f : c;
  f16v square = c * c;
  f16v twice = c * (square * (twice_root * 0.044715f) + twice_root);
  f16v slope = square * (3.0f * twice_root * 0.044715f) + twice_root;
  logistic s = vector_logistic(twice);
  return (activation){x * s.value, s.value + c * slope * (s.value * s.complement)};
}
