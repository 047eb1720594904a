#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Single-threaded float32 kernels for what a matrix library is slow at or lacks. All matrices are row-major and may be
// unaligned unless stated. Every function picks AVX-512, AVX2 or baseline code at run time; sums run in the same order
// on each of them, so a row's result depends neither on its neighbours nor on how many rows are passed at once.

// MARK: Layer normalisation

/// Normalises each row of s = x + residual to mean 0 and variance 1, then scales and shifts it.
///
/// normalized = (s - mean) * rstd and y = normalized * gamma + beta, with rstd = 1 / sqrt(variance + epsilon).
/// x, residual (nullable), y and normalized (nullable) are [rows x width]; gamma and beta (nullable) [width]; rstd
/// (nullable) [rows]. y may be x or residual.
void salience_layer_norm(const float *x, const float *residual, const float *gamma, const float *beta, float epsilon,
                         size_t rows, size_t width, float *y, float *normalized, float *rstd);

/// Gradient of layer normalisation with respect to s, given what the forward pass saved.
///
/// dx = rstd * (g - mean(g) - normalized * mean(g * normalized)) with g = dy * gamma; without the last term where
/// `normalized` is null: then the deviation is a constant.
/// dy, normalized and dx are [rows x width]; rstd [rows]; gamma [width]. dx may be dy.
void salience_layer_norm_backward(const float *dy, const float *normalized, const float *rstd, const float *gamma,
                                  size_t rows, size_t width, float *dx);

// MARK: Root mean square normalisation

/// y = s / sqrt(mean(s^2) + epsilon) * gamma with s = x + residual, the mean over each of `groups` groups of `size`
/// columns; columns past those are s.
///
/// x, residual (nullable), y and sum (nullable), which is s, are [rows x width]; gamma [groups * size]; root (nullable)
/// [rows x groups], 1 / sqrt(mean + epsilon). y may be x or residual.
void salience_rms_norm(const float *x, const float *residual, const float *gamma, float epsilon, size_t rows,
                       size_t width, size_t groups, size_t size, float *y, float *root, float *sum);

/// Gradient of root mean square normalisation with respect to s.
///
/// dx = root * (g - n * mean(g * n)) with g = dy * gamma and n = sum * root; dy past the groups. Where `sum` is null the
/// root is a constant: dx = root * g. Shapes as in the forward pass; dx may be dy.
void salience_rms_norm_backward(const float *dy, const float *sum, const float *root, const float *gamma, size_t rows,
                                size_t width, size_t groups, size_t size, float *dx);

// MARK: Activations, y = f(x) and derivative (nullable) = f'(x), each [n]; y may be x

/// GELU by the error function: f(x) = x * Phi(x).
void salience_gelu(const float *x, size_t n, float *y, float *derivative);

/// GELU by tanh: f(x) = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))).
void salience_gelu_tanh(const float *x, size_t n, float *y, float *derivative);

/// ReLU: f(x) = max(x, 0), with f'(0) = 0.
void salience_relu(const float *x, size_t n, float *y, float *derivative);

/// Hyperbolic tangent.
void salience_tanh(const float *x, size_t n, float *y, float *derivative);

/// SiLU: f(x) = x / (1 + exp(-x)).
void salience_silu(const float *x, size_t n, float *y, float *derivative);

/// Logistic function: f(x) = 1 / (1 + exp(-x)).
void salience_sigmoid(const float *x, size_t n, float *y, float *derivative);

/// dx = dy * y / x, each [n]; dy * at_zero where |x| is below 1e-30. dx may be dy.
void salience_activation_ratio(const float *dy, const float *x, const float *y, float at_zero, size_t n, float *dx);

// MARK: Gated activations, y = f(a) * b

// Of rows that hold a and b side by side: x is [rows x 2*width], y [rows x width]. Their gradients are dy * b * f'(a) and
// dy * f(a) side by side, [rows x 2*width], of dy [rows x width]; where `shared` is not 0, half of dy goes to each side,
// and f' is f(a) / a.
#define SALIENCE_GATED(f)                                                                                            \
  void salience_gated_##f(const float *x, size_t rows, size_t width, float *y);                                      \
  void salience_gated_##f##_backward(int shared, const float *dy, const float *x, size_t rows, size_t width, float *dx);

SALIENCE_GATED(relu)
SALIENCE_GATED(tanh)
SALIENCE_GATED(silu)
SALIENCE_GATED(gelu)
SALIENCE_GATED(gelu_tanh)

// MARK: Element by element

/// y = a * b, each [n]; y may be a or b.
void salience_multiply(const float *a, const float *b, size_t n, float *y);

/// y = x * factor in each of `parts` equal parts of a row, with a factor of its own: x and y are [rows x width], factors
/// [parts]; y may be x.
void salience_scale_columns(const float *x, const float *factors, size_t parts, size_t rows, size_t width, float *y);

/// y = a + b, each [n]; y may be a or b.
void salience_add(const float *a, const float *b, size_t n, float *y);

/// y += bias in every row: bias [width], y [rows x width].
void salience_add_rows(const float *bias, size_t rows, size_t width, float *y);

// MARK: Softmax

/// y = exp(x - max(x)) / sum(exp(x - max(x))) over each row; x and y are [rows x width], and y may be x.
void salience_softmax(const float *x, size_t rows, size_t width, float *y);

/// dx = y * (dy - sum(dy * y)) over each row, y the probabilities; all [rows x width], and dx may be dy or y.
void salience_softmax_backward(const float *dy, const float *y, size_t rows, size_t width, float *dx);

/// y = x - max(x) - ln sum(exp(x - max(x))) over each row; x and y are [rows x width], and y may be x.
void salience_log_softmax(const float *x, size_t rows, size_t width, float *y);

/// dx = dy - exp(y) * sum(dy) over each row, y the logarithms of the probabilities; all [rows x width], dx another matrix.
void salience_log_softmax_backward(const float *dy, const float *y, size_t rows, size_t width, float *dx);

// MARK: Attention of one sequence

/// The keys that a query sees: query i those from i - before to i + after; a reach of the length shows everything.
typedef struct {
  size_t before, after;
} salience_attention_window;

/// Floats of scratch that `salience_attention` and `salience_attention_backward` need for one sequence.
///
/// The scratch must be 64-byte aligned and used by one thread at a time.
size_t salience_attention_scratch(size_t length, size_t head_size);

/// Softmax attention of one sequence over itself, all heads, in a window; what no query of a block sees costs nothing.
///
/// qkv is [length x 3*heads*head_size], a row holding Q | K | V; context [length x heads*head_size];
/// log_sum_exp (nullable) [length x heads], the logarithm of each softmax's denominator, which the backward pass needs.
void salience_attention(const float *qkv, size_t length, size_t heads, size_t head_size, float scale,
                        salience_attention_window window, float *context, float *log_sum_exp, float *scratch);

/// Gradient of `salience_attention` with respect to qkv, written, not accumulated.
///
/// dcontext is [length x heads*head_size]; dqkv [length x 3*heads*head_size]; the rest as in the forward pass.
void salience_attention_backward(const float *qkv, const float *context, const float *log_sum_exp,
                                 const float *dcontext, size_t length, size_t heads, size_t head_size, float scale,
                                 salience_attention_window window, float *dqkv, float *scratch);

/// Softmax attention of a single query, such as the [CLS] row of a classifier's last layer, over keys first ..< end.
///
/// query and context are [1 x heads*head_size]; kv [length x 2*heads*head_size], a row holding K | V;
/// probabilities [heads x length], 0 for the other keys, which the backward pass needs.
void salience_attention_selected(const float *query, const float *kv, size_t length, size_t heads, size_t head_size,
                                 float scale, size_t first, size_t end, float *context, float *probabilities);

/// Gradient of `salience_attention_selected`, written, not accumulated.
///
/// dcontext and dquery are [1 x heads*head_size]; dkv [length x 2*heads*head_size], 0 for keys that the query does not
/// see; dquery may be dcontext.
void salience_attention_selected_backward(const float *query, const float *kv, const float *probabilities,
                                          const float *dcontext, size_t length, size_t heads, size_t head_size,
                                          float scale, size_t first, size_t end, float *dquery, float *dkv);

/// The same where every head's keys and values are the rows x themselves, again over keys first ..< end.
///
/// queries and out are [heads x width]; x is [length x width]; probabilities [heads x length], 0 for the other keys.
void salience_attention_multi_query(const float *queries, const float *x, size_t length, size_t heads, size_t width,
                                    float scale, size_t first, size_t end, float *out, float *probabilities);

/// Gradient of `salience_attention_multi_query`, written, not accumulated.
///
/// dout and dqueries (nullable) are [heads x width]; dx [length x width], 0 for keys that the query does not see;
/// scratch heads * (end - first) floats.
void salience_attention_multi_query_backward(const float *queries, const float *x, const float *probabilities,
                                             const float *dout, size_t length, size_t heads, size_t width,
                                             float scale, size_t first, size_t end, float *dqueries, float *dx,
                                             float *scratch);

// MARK: A linear layer of each head for itself

/// Floats of a weight as `salience_head_projection` reads it, of `heads` matrices [depth x columns].
size_t salience_head_projection_packed(size_t heads, size_t depth, size_t columns);

/// Packs weight [heads*rows x columns]: each head's part itself where `transposed`, its transpose otherwise, so that
/// depth and columns of the product are rows and columns, or columns and rows.
void salience_head_projection_pack(const float *weight, size_t heads, size_t rows, size_t columns, int transposed,
                                   float *packed);

/// Floats of scratch that `salience_head_projection` needs.
size_t salience_head_projection_scratch(size_t rows, size_t columns);

/// y_h = x_h * matrix_h + bias_h: x is [rows x heads*depth], y [rows x heads*columns], bias (nullable) [heads*columns].
void salience_head_projection(const float *x, size_t rows, size_t heads, size_t depth, size_t columns,
                              const float *packed, const float *bias, float *y, float *scratch);

// MARK: Rotary position embedding

/// Heads of `size` columns in a row: queries, then keys, then values, as far as the row has them; values are as many as
/// keys, of which each serves queries / keys queries. The first `rotated` columns of a head are rotated.
typedef struct {
  size_t queries, keys, size, rotated;
  int has_query, has_key, has_value;
} salience_rotary_heads;

/// Rotates query and key heads by their row's position, and repeats key and value heads.
///
/// table is [any x rotated], a row holding the cosines and the sines of one position; positions [rows], each within the
/// table. x holds in a row the heads, y as many of each part as there are queries.
void salience_rotary(const float *x, const float *table, const int32_t *positions, const salience_rotary_heads *heads,
                     size_t rows, float *y);

/// Gradient of `salience_rotary`: rotated back, and summed over the heads that one was repeated for.
void salience_rotary_backward(const float *dy, const float *table, const int32_t *positions,
                              const salience_rotary_heads *heads, size_t rows, float *dx);

// MARK: One row of a sequence's rows

/// y = the mean of x's rows: x is [length x width], y [width].
void salience_mean_row(const float *x, size_t length, size_t width, float *y);

/// Gradient of `salience_mean_row`: dy / length in every row; dy is [width], dx [length x width].
void salience_mean_row_backward(const float *dy, size_t length, size_t width, float *dx);

/// y = the largest of each column of x, NaN before all others, and the row that it is from, the first of several;
/// x is [length x width], y and token [width].
void salience_maximum_row(const float *x, size_t length, size_t width, float *y, float *token);

/// y = exp(x - max(x)) / sum(exp(x - max(x))) over each column's rows that are candidates, 0 in the other rows; x and y
/// are [length x width], candidates [length], and y may be x.
void salience_token_softmax(const float *x, const _Bool *candidates, size_t length, size_t width, float *y);

/// dx = y * (dy - sum(dy * y)) over each column, y the probabilities; all [length x width], and dx may be dy or y.
void salience_token_softmax_backward(const float *dy, const float *y, size_t length, size_t width, float *dx);

// MARK: Disentangled attention of one sequence

/// Floats of scratch that the two functions below need for one sequence, as `salience_attention_scratch`.
size_t salience_attention_disentangled_scratch(size_t length, size_t head_size);

/// Softmax attention whose scores are (q_i k_j + q_i keys[i - j] + k_j queries[i - j]) * scale.
///
/// keys and queries (nullable each) point at the rows of offset 0 in tables of width heads*head_size, which hold those
/// of -(length - 1) to length - 1 around it; the rest as in `salience_attention`.
void salience_attention_disentangled(const float *qkv, const float *keys, const float *queries, size_t length,
                                     size_t heads, size_t head_size, float scale, float *context, float *log_sum_exp,
                                     float *scratch);

/// Gradient of `salience_attention_disentangled` with respect to qkv, written, not accumulated; what the tables add to
/// it is multiplied with `table_factor`.
void salience_attention_disentangled_backward(const float *qkv, const float *keys, const float *queries,
                                              const float *context, const float *log_sum_exp, const float *dcontext,
                                              size_t length, size_t heads, size_t head_size, float scale,
                                              float table_factor, float *dqkv, float *scratch);

// MARK: The path of integrated gradients

/// out = b + alpha * (x - b), each [n]; exactly x when alpha is 1 and exactly b when alpha is 0. out may be x or b.
void salience_interpolate(const float *x, const float *b, float alpha, size_t n, float *out);

/// accumulator += weight * gradient, each [n].
void salience_accumulate(float weight, const float *gradient, size_t n, float *accumulator);

/// Sums of (x - b) * g and of its square over each row, computed in double.
///
/// x, b and g are [rows x width]; sums and squares [rows].
void salience_path_reduce(const float *x, const float *b, const float *g, size_t rows, size_t width, double *sums,
                          double *squares);

/// The same of g alone, or of |g| where `absolute` is not 0.
void salience_gradient_reduce(int absolute, const float *g, size_t rows, size_t width, double *sums, double *squares);

// MARK: Embedding tables

/// out[r] = table[ids[r]]: table [any x width], ids [rows], each within the table, out [rows x width].
void salience_gather_rows(const float *table, const int32_t *ids, size_t rows, size_t width, float *out);

/// out[r] += table[ids[r]], with shapes as in `salience_gather_rows`.
void salience_gather_rows_add(const float *table, const int32_t *ids, size_t rows, size_t width, float *out);

// MARK: Half precision

/// Widens IEEE 754 binary16 values, given as bits, exactly: x and y are [n].
void salience_widen_f16(const uint16_t *x, size_t n, float *y);

/// Widens bfloat16 values, given as bits, exactly: x and y are [n].
void salience_widen_bf16(const uint16_t *x, size_t n, float *y);

/// Rounds to bfloat16, given as bits: ties to even, NaN to a quiet NaN, subnormal numbers to zero; x and y are [n].
void salience_narrow_bf16(const float *x, size_t n, uint16_t *y);

/// The same bits without the instruction that some processors have for it, for tests.
void salience_narrow_bf16_portable(const float *x, size_t n, uint16_t *y);

#ifdef __cplusplus
}
#endif

#include "salience_allocator.h"
#include "salience_multipliers.h"
