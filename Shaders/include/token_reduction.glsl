// Elements whose sums are a token's score; a shader that includes this has `x`, `baseline` and `gradient`, and
// compensated.glsl.

// (x - x') g, g or |g|, as two numbers whose sum it is.
vec2 reduced_element(uint at) {
  const float slope = gradient[at];
  if (REDUCTION == 1) return vec2(slope, 0.0);
  if (REDUCTION == 2) return vec2(abs(slope), 0.0);
  return compensated_product(exact_sum(x[at], -baseline[at]), vec2(slope, 0.0));
}
