#pragma once

#include "salience_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

// Multipliers between two inputs x and z, by which the difference of what an op makes of them is passed back

typedef enum {
  SALIENCE_FUNCTION_GELU,
  SALIENCE_FUNCTION_GELU_TANH,
  SALIENCE_FUNCTION_RELU,
  SALIENCE_FUNCTION_TANH,
  SALIENCE_FUNCTION_SILU,
} salience_activation_function;

/// dx = dy * (f(x) - f(z)) / (x - z), each [n]; dy * f'(x) where x is z.
void salience_activation_multiplier(salience_activation_function function, const float *dy, const float *x,
                                    const float *z, size_t n, float *dx);

/// The same through f(a) * b of rows that hold a and b side by side: x, z and dx are [rows x 2*width], dy
/// [rows x width].
void salience_gated_activation_multiplier(salience_activation_function function, const float *dy, const float *x,
                                          const float *z, size_t rows, size_t width, float *dx);

/// Through gamma * c * r with r = 1 / sqrt(mean(c^2) + epsilon), over each of `groups` groups of `size` columns; dy
/// past them.
///
/// Where `centered` is not 0, c is a row less its mean, and x and z hold c * r; else x and z are c. root and other_root
/// [rows x groups] hold r; gamma [groups*size], the others [rows x width].
void salience_norm_multiplier(int centered, const float *dy, const float *x, const float *z, const float *root,
                              const float *other_root, const float *gamma, size_t rows, size_t width, size_t groups,
                              size_t size, float *dx);

/// Through the softmax of each row: all [rows x width].
void salience_softmax_multiplier(const float *dy, const float *x, const float *z, size_t rows, size_t width, float *dx);

/// Through the softmax of each column over the rows that are candidates, 0 in the other rows: dy, x, z and dx are
/// [length x width], candidates [length].
void salience_token_softmax_multiplier(const float *dy, const float *x, const float *z, const _Bool *candidates,
                                       size_t length, size_t width, float *dx);

/// Floats of scratch that the function below needs for one sequence, as `salience_attention_scratch`.
size_t salience_attention_multiplier_scratch(size_t length, size_t head_size);

/// Through attention: dqkv [length x 3*heads*head_size], written, from dcontext; other is the other sequence's qkv, with
/// its log_sum_exp; keys and queries (nullable each) as in `salience_attention_disentangled`.
void salience_attention_multiplier(const float *qkv, const float *other, const float *keys, const float *queries,
                                   const float *log_sum_exp, const float *other_log_sum_exp, const float *dcontext,
                                   size_t length, size_t heads, size_t head_size, float scale,
                                   salience_attention_window window, float *dqkv, float *scratch);

#ifdef __cplusplus
}
#endif
