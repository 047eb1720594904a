#include "activation.h"
#include "salience_kernels.h"
#include "vector_math.h"

// A NaN is neither below nor above 0, and passes through.
SALIENCE_INLINE activation relu(f16v x) {
  return (activation){x < 0.0f ? (f16v)0.0f : x, x > 0.0f ? (f16v)1.0f : (f16v)0.0f};
}

SALIENCE_INLINE activation hyperbolic(f16v x) {
  hyperbolic_tangent t = vector_tanh(x);
  return (activation){t.value, t.derivative};
}

SALIENCE_INLINE activation silu(f16v x) {
  logistic s = vector_logistic(x);
  return (activation){x * s.value, s.value + x * (s.value * s.complement)};
}

SALIENCE_ACTIVATION(salience_relu, relu)
SALIENCE_ACTIVATION(salience_tanh, hyperbolic)
SALIENCE_ACTIVATION(salience_silu, silu)
