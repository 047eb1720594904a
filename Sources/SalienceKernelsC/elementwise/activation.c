#include "activation_functions.h"
#include "salience_kernels.h"

SALIENCE_ACTIVATION(salience_relu, relu)
SALIENCE_ACTIVATION(salience_tanh, hyperbolic)
SALIENCE_ACTIVATION(salience_silu, silu)
SALIENCE_ACTIVATION(salience_sigmoid, sigmoid)

SALIENCE_INLINE void salience_activation_ratio_body(const float *dy, const float *x, const float *y, float at_zero,
                                                    size_t n, float *dx) {
  size_t i = 0;
  for (; i + LANES <= n; i += LANES) {
    store16(dx + i, load16(dy + i) * activation_quotient(load16(x + i), load16(y + i), (f16v)at_zero));
  }
  if (i < n) {
    const size_t rest = n - i;
    const f16v ratio = activation_quotient(load_part(x + i, rest), load_part(y + i, rest), (f16v)at_zero);
    store_part(dx + i, load_part(dy + i, rest) * ratio, rest);
  }
}

SALIENCE_DISPATCH(salience_activation_ratio,
                  (const float *dy, const float *x, const float *y, float at_zero, size_t n, float *dx),
                  (dy, x, y, at_zero, n, dx))
