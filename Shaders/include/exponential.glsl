// exp to 1.5 units in the last place on every device: GLSL's own may be off by 3 + 2|x| of them.
//
// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite), a minimax polynomial in r, and n added to the exponent bits.
// For x <= 88; 0 below the smallest normal number. A NaN stays one.

vec4 exponential(vec4 x) {
  const vec4 smallest = vec4(-87.33654);
  precise vec4 bounded = mix(x, smallest, lessThan(x, smallest));
  precise vec4 n = roundEven(bounded * 1.44269504);
  precise vec4 r = fma(n, vec4(-0.693359375), bounded);
  r = fma(n, vec4(2.12194440e-4), r);
  vec4 p = fma(r, vec4(1.3814570847898722e-3), vec4(8.36872961371372e-3));
  p = fma(p, r, vec4(4.166838899254799e-2));
  p = fma(p, r, vec4(0.1666652113199234));
  p = fma(p, r, vec4(0.4999999403953552));
  p = fma(p, r * r, r);
  p += 1.0;
  const vec4 scaled = intBitsToFloat(floatBitsToInt(p) + (ivec4(n) << 23));
  return mix(mix(scaled, vec4(0.0), lessThan(x, smallest)), x, isnan(x));
}

float exponential(float x) { return exponential(vec4(x)).x; }

// log to the precision of `exponential`: one Newton step on GLSL's own, which may be off by 2^-21 near 1.
vec4 logarithm(vec4 x) {
  const vec4 near = log(x);
  return near + fma(x, exponential(-near), vec4(-1.0));
}

float logarithm(float x) { return logarithm(vec4(x)).x; }
