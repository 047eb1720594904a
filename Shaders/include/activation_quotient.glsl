// y / x, and `at_zero` where x is so small that the quotient has no digits.
vec4 activation_quotient(vec4 x, vec4 y, vec4 at_zero) {
  const bvec4 small = lessThan(abs(x), vec4(1e-30));
  return mix(y / mix(x, vec4(1.0), small), at_zero, small);
}
