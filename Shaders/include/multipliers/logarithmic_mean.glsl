// Needs exponential.glsl.

// The mean of exp(-t) over 0 <= t <= w, which is (1 - exp(-w)) / w; for w >= 0. Near 0 the quotient loses digits: the
// series has them to w = 1/2.
vec4 mean_decay(vec4 w) {
  vec4 p = fma(w, vec4(-1.0 / 40320.0), vec4(1.0 / 5040.0));
  p = fma(p, w, vec4(-1.0 / 720.0));
  p = fma(p, w, vec4(1.0 / 120.0));
  p = fma(p, w, vec4(-1.0 / 24.0));
  p = fma(p, w, vec4(1.0 / 6.0));
  p = fma(p, w, vec4(-0.5));
  p = fma(p, w, vec4(1.0));
  const bvec4 small = lessThan(w, vec4(0.5));
  return mix((1.0 - exponential(-w)) / mix(w, vec4(1.0), small), p, small);
}

// (exp(s) - exp(t)) / (s - t), for s and t up to 88.
vec4 logarithmic_mean(vec4 s, vec4 t) { return exponential(max(s, t)) * mean_decay(abs(s - t)); }

float logarithmic_mean(float s, float t) { return logarithmic_mean(vec4(s), vec4(t)).x; }
