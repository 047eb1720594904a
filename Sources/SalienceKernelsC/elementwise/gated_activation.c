#include "activation_functions.h"
#include "salience_kernels.h"

/// Defines both passes of y = f(a) * b from `f`, an inlined function of sixteen points.
#define SALIENCE_GATED_ACTIVATION(name, f)                                                                        \
  SALIENCE_INLINE void name##_body(const float *x, size_t rows, size_t width, float *y) {                         \
    for (size_t r = 0; r < rows; r++, x += 2 * width, y += width) {                                               \
      size_t i = 0;                                                                                               \
      for (; i + LANES <= width; i += LANES) { store16(y + i, f(load16(x + i)).value * load16(x + width + i)); }  \
      if (i < width) {                                                                                            \
        f16v b = load_part(x + width + i, width - i);                                                             \
        store_part(y + i, f(load_part(x + i, width - i)).value * b, width - i);                                   \
      }                                                                                                           \
    }                                                                                                             \
  }                                                                                                               \
  SALIENCE_INLINE void name##_shared_rows(const float *dy, const float *x, size_t rows, size_t width, float *dx) { \
    const f16v at_zero = f((f16v)0.0f).derivative;                                                                \
    for (size_t r = 0; r < rows; r++, dy += width, x += 2 * width, dx += 2 * width) {                             \
      for (size_t i = 0; i < width; i += LANES) {                                                                 \
        const size_t count = width - i < LANES ? width - i : LANES;                                               \
        const f16v a = load_part(x + i, count), g = load_part(dy + i, count) * 0.5f, y = f(a).value;              \
        store_part(dx + i, g * load_part(x + width + i, count) * activation_quotient(a, y, at_zero), count);      \
        store_part(dx + width + i, g * y, count);                                                                 \
      }                                                                                                           \
    }                                                                                                             \
  }                                                                                                               \
  SALIENCE_INLINE void name##_backward_body(int shared, const float *dy, const float *x, size_t rows,             \
                                            size_t width, float *dx) {                                            \
    if (shared) {                                                                                                 \
      name##_shared_rows(dy, x, rows, width, dx);                                                                 \
      return;                                                                                                     \
    }                                                                                                             \
    for (size_t r = 0; r < rows; r++, dy += width, x += 2 * width, dx += 2 * width) {                             \
      size_t i = 0;                                                                                               \
      for (; i + LANES <= width; i += LANES) {                                                                    \
        activation a = f(load16(x + i));                                                                          \
        f16v g = load16(dy + i);                                                                                  \
        store16(dx + i, g * load16(x + width + i) * a.derivative);                                                \
        store16(dx + width + i, g * a.value);                                                                     \
      }                                                                                                           \
      if (i < width) {                                                                                            \
        activation a = f(load_part(x + i, width - i));                                                            \
        f16v g = load_part(dy + i, width - i);                                                                    \
        store_part(dx + i, g * load_part(x + width + i, width - i) * a.derivative, width - i);                    \
        store_part(dx + width + i, g * a.value, width - i);                                                       \
      }                                                                                                           \
    }                                                                                                             \
  }                                                                                                               \
  SALIENCE_DISPATCH(name, (const float *x, size_t rows, size_t width, float *y), (x, rows, width, y))             \
  SALIENCE_DISPATCH(name##_backward,                                                                              \
                    (int shared, const float *dy, const float *x, size_t rows, size_t width, float *dx),          \
                    (shared, dy, x, rows, width, dx))

SALIENCE_GATED_ACTIVATION(salience_gated_relu, relu)
SALIENCE_GATED_ACTIVATION(salience_gated_tanh, hyperbolic)
SALIENCE_GATED_ACTIVATION(salience_gated_silu, silu)
SALIENCE_GATED_ACTIVATION(salience_gated_gelu, gelu)
SALIENCE_GATED_ACTIVATION(salience_gated_gelu_tanh, gelu_tanh)
