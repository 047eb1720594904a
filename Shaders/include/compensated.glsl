// Sums in twice the precision of float32: value.x + value.y, unevaluated.

// The exact sum of two numbers and its rounding error (Knuth, The Art of Computer Programming 2, 4.2.2).
vec2 exact_sum(float a, float b) {
  precise float sum = a + b;
  precise float other = sum - a;
  precise float rest = (a - (sum - other)) + (b - other);
  return vec2(sum, rest);
}

vec2 compensated_sum(vec2 a, vec2 b) {
  const vec2 high = exact_sum(a.x, b.x);
  precise float low = high.y + (a.y + b.y);
  return exact_sum(high.x, low);
}

// The exact product of two numbers and its rounding error.
vec2 exact_product(float a, float b) {
  precise float product = a * b;
  precise float rest = fma(a, b, -product);
  return vec2(product, rest);
}

// The product of two sums.
vec2 compensated_product(vec2 a, vec2 b) {
  const vec2 high = exact_product(a.x, b.x);
  precise float low = fma(a.x, b.y, fma(a.y, b.x, high.y));
  return exact_sum(high.x, low);
}
