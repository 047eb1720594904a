#pragma once

#include "simd.h"

/// An activation function's value and derivative at sixteen points.
typedef struct {
  f16v value, derivative;
} activation;

/// y / x, and `at_zero` where x is so small that the quotient has no digits.
SALIENCE_INLINE f16v activation_quotient(f16v x, f16v y, f16v at_zero) {
  return absolute(x) < 1e-30f ? at_zero : y / x;
}

/// Defines the body of an activation kernel from `f`, an inlined function of sixteen points.
#define SALIENCE_ACTIVATION(name, f)                                                               \
  SALIENCE_INLINE void name##_body(const float *x, size_t n, float *y, float *derivative) {        \
    size_t i = 0;                                                                                  \
    if (derivative) {                                                                              \
      for (; i + LANES <= n; i += LANES) {                                                         \
        activation a = f(load16(x + i));                                                           \
        store16(y + i, a.value);                                                                   \
        store16(derivative + i, a.derivative);                                                     \
      }                                                                                            \
    } else {                                                                                       \
      for (; i + LANES <= n; i += LANES) { store16(y + i, f(load16(x + i)).value); }               \
    }                                                                                              \
    if (i < n) {                                                                                   \
      activation a = f(load_part(x + i, n - i));                                                   \
      store_part(y + i, a.value, n - i);                                                           \
      if (derivative) { store_part(derivative + i, a.derivative, n - i); }                         \
    }                                                                                              \
  }                                                                                                \
  SALIENCE_DISPATCH(name, (const float *x, size_t n, float *y, float *derivative), (x, n, y, derivative))
