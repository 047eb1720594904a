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

// A number as the sum of two of 12 bits each (Veltkamp's splitting).
vec2 halves(float a) {
  precise float wide = a * 4097.0;
  precise float high = wide - (wide - a);
  precise float low = a - high;
  return vec2(high, low);
}

// The exact product of two numbers and its rounding error (Dekker, Numerische Mathematik 18, 1971). GLSL's fma need not
// be fused, and is not in every driver.
vec2 exact_product(float a, float b) {
  precise float product = a * b;
  const vec2 p = halves(a), q = halves(b);
  precise float rest = (((p.x * q.x - product) + p.x * q.y) + p.y * q.x) + p.y * q.y;
  return vec2(product, rest);
}

// The product of two sums.
vec2 compensated_product(vec2 a, vec2 b) {
  const vec2 high = exact_product(a.x, b.x);
  precise float low = fma(a.x, b.y, fma(a.y, b.x, high.y));
  return exact_sum(high.x, low);
}
