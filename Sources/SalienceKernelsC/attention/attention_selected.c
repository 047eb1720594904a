#include "one_query.h"
#include "salience_kernels.h"

SALIENCE_INLINE float inner_product(const float *a, const float *b, size_t count) {
  f16v sum = 0;
  for (size_t i = 0; i < count; i += LANES) { sum += load_some(a + i, count - i) * load_some(b + i, count - i); }
  return horizontal_sum(sum);
}

SALIENCE_INLINE void salience_attention_selected_body(const float *query, const float *kv, size_t length, size_t heads,
                                                      size_t head_size, float scale, size_t first, size_t end,
                                                      float *context, float *probabilities) {
  const size_t hidden = heads * head_size, row = 2 * hidden;
  for (size_t h = 0; h < heads; h++) {
    const float *key = kv + h * head_size, *value = key + hidden;
    float *p = probabilities + h * length;
    for (size_t j = 0; j < first; j++) { p[j] = 0; }
    for (size_t j = first; j < end; j++) { p[j] = inner_product(query + h * head_size, key + j * row, head_size); }
    for (size_t j = end; j < length; j++) { p[j] = 0; }
    softmax(p + first, end - first, scale);
    weighted_sum(p + first, 1, value + first * row, row, end - first, head_size, context + h * head_size);
  }
}

/// Zeros in rows first ..< end of dK and dV.
SALIENCE_INLINE void clear_rows(float *dkey, float *dvalue, size_t row, size_t head_size, size_t first, size_t end) {
  for (size_t j = first; j < end; j++) {
    for (size_t d = 0; d < head_size; d += LANES) {
      store_some(dkey + j * row + d, 0.0f, head_size - d);
      store_some(dvalue + j * row + d, 0.0f, head_size - d);
    }
  }
}

SALIENCE_INLINE void salience_attention_selected_backward_body(const float *query, const float *kv,
                                                               const float *probabilities, const float *dcontext,
                                                               size_t length, size_t heads, size_t head_size,
                                                               float scale, size_t first, size_t end, float *dquery,
                                                               float *dkv) {
  const size_t hidden = heads * head_size, row = 2 * hidden;
  for (size_t h = 0; h < heads; h++) {
    const float *q = query + h * head_size, *key = kv + h * head_size, *value = key + hidden;
    const float *p = probabilities + h * length, *output = dcontext + h * head_size;
    float *dkey = dkv + h * head_size, *dvalue = dkey + hidden;
    clear_rows(dkey, dvalue, row, head_size, 0, first);
    clear_rows(dkey, dvalue, row, head_size, end, length);
    // The first element of each row of dK holds dP, then dS, until that row is written.
    float offset = 0;
    for (size_t j = first; j < end; j++) {
      const float dp = inner_product(output, value + j * row, head_size);
      dkey[j * row] = dp;
      offset += p[j] * dp;
      for (size_t d = 0; d < head_size; d += LANES) {
        store_some(dvalue + j * row + d, p[j] * load_some(output + d, head_size - d), head_size - d);
      }
    }
    for (size_t j = first; j < end; j++) { dkey[j * row] = p[j] * (dkey[j * row] - offset) * scale; }
    weighted_sum(dkey + first * row, row, key + first * row, row, end - first, head_size, dquery + h * head_size);
    for (size_t j = first; j < end; j++) {
      const float ds = dkey[j * row];
      for (size_t d = 0; d < head_size; d += LANES) {
        store_some(dkey + j * row + d, ds * load_some(q + d, head_size - d), head_size - d);
      }
    }
  }
}

SALIENCE_DISPATCH(salience_attention_selected,
                  (const float *query, const float *kv, size_t length, size_t heads, size_t head_size, float scale,
                   size_t first, size_t end, float *context, float *probabilities),
                  (query, kv, length, heads, head_size, scale, first, end, context, probabilities))
SALIENCE_DISPATCH(salience_attention_selected_backward,
                  (const float *query, const float *kv, const float *probabilities, const float *dcontext,
                   size_t length, size_t heads, size_t head_size, float scale, size_t first, size_t end,
                   float *dquery, float *dkv),
                  (query, kv, probabilities, dcontext, length, heads, head_size, scale, first, end, dquery, dkv))
