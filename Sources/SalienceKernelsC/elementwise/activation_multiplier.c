#include "activation_multiplier.h"
#include "salience_kernels.h"

/// dx = dy q(x, z), sixteen at a time.
#define SALIENCE_MULTIPLY(quotient)                                                          \
  for (size_t i = 0; i < n; i += LANES) {                                                    \
    const size_t count = n - i < LANES ? n - i : LANES;                                      \
    const f16v q = quotient(load_part(x + i, count), load_part(z + i, count));               \
    store_part(dx + i, load_part(dy + i, count) * q, count);                                 \
  }                                                                                          \
  break;

SALIENCE_INLINE void salience_activation_multiplier_body(salience_activation_function function, const float *dy,
                                                         const float *x, const float *z, size_t n, float *dx) {
  switch (function) {
  case SALIENCE_FUNCTION_GELU: SALIENCE_MULTIPLY(gelu_quotient)
  case SALIENCE_FUNCTION_GELU_TANH: SALIENCE_MULTIPLY(gelu_tanh_quotient)
  case SALIENCE_FUNCTION_RELU: SALIENCE_MULTIPLY(relu_quotient)
  case SALIENCE_FUNCTION_TANH: SALIENCE_MULTIPLY(hyperbolic_quotient)
  case SALIENCE_FUNCTION_SILU: SALIENCE_MULTIPLY(silu_quotient)
  }
}

/// Rows of a and b side by side.
#define SALIENCE_MULTIPLY_GATED(f, quotient)                                                                   \
  for (size_t r = 0; r < rows; r++, dy += width, x += 2 * width, z += 2 * width, dx += 2 * width) {            \
    for (size_t i = 0; i < width; i += LANES) {                                                                \
      const size_t count = width - i < LANES ? width - i : LANES;                                              \
      const f16v a = load_part(x + i, count), c = load_part(z + i, count), g = load_part(dy + i, count);       \
      const f16v gate = mean_of(load_part(x + width + i, count), load_part(z + width + i, count));             \
      store_part(dx + i, g * gate * quotient(a, c), count);                                                    \
      store_part(dx + width + i, g * mean_of(f(a).value, f(c).value), count);                                  \
    }                                                                                                          \
  }                                                                                                            \
  break;

SALIENCE_INLINE void salience_gated_activation_multiplier_body(salience_activation_function function, const float *dy,
                                                               const float *x, const float *z, size_t rows,
                                                               size_t width, float *dx) {
  switch (function) {
  case SALIENCE_FUNCTION_GELU: SALIENCE_MULTIPLY_GATED(gelu, gelu_quotient)
  case SALIENCE_FUNCTION_GELU_TANH: SALIENCE_MULTIPLY_GATED(gelu_tanh, gelu_tanh_quotient)
  case SALIENCE_FUNCTION_RELU: SALIENCE_MULTIPLY_GATED(relu, relu_quotient)
  case SALIENCE_FUNCTION_TANH: SALIENCE_MULTIPLY_GATED(hyperbolic, hyperbolic_quotient)
  case SALIENCE_FUNCTION_SILU: SALIENCE_MULTIPLY_GATED(silu, silu_quotient)
  }
}

SALIENCE_DISPATCH(salience_activation_multiplier,
                  (salience_activation_function function, const float *dy, const float *x, const float *z, size_t n,
                   float *dx),
                  (function, dy, x, z, n, dx))
SALIENCE_DISPATCH(salience_gated_activation_multiplier,
                  (salience_activation_function function, const float *dy, const float *x, const float *z, size_t rows,
                   size_t width, float *dx),
                  (function, dy, x, z, rows, width, dx))
