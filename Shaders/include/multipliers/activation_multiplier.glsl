// (f(x) - f(z)) / (x - z) without differences of rounded values, so that it keeps its digits however near x and z are
// and however flat f is. Needs activation_functions.glsl and logarithmic_mean.glsl.

// tanh x - tanh z = sinh(x - z) / (cosh x cosh z), with the exponentials of all three drawn together.
vec4 hyperbolic_quotient(vec4 x, vec4 z) {
  const vec4 a = abs(x), b = abs(z);
  // |x - z| - |x| - |z|
  const vec4 together = mix(vec4(0.0), min(a, b) * -2.0, equal(lessThan(x, vec4(0.0)), lessThan(z, vec4(0.0))));
  const vec4 e = exponential(together);
  return 4.0 * e * mean_decay(abs(x - z) * 2.0) / ((1.0 + exponential(a * -2.0)) * (1.0 + exponential(b * -2.0)));
}

// The logistic function is (1 + tanh(x / 2)) / 2.
vec4 logistic_quotient(vec4 x, vec4 z) { return 0.25 * hyperbolic_quotient(x * 0.5, z * 0.5); }

vec4 mean_of(vec4 a, vec4 b) { return 0.5 * (a + b); }

vec4 mean_logistic(vec4 x, vec4 z) {
  vec4 a, b, complement;
  logistic(x, a, complement);
  logistic(z, b, complement);
  return mean_of(a, b);
}

// Of x g(x) it is the mean of g, and the mean of x times g's own.
vec4 silu_quotient(vec4 x, vec4 z) { return mean_logistic(x, z) + mean_of(x, z) * logistic_quotient(x, z); }

vec4 gelu_tanh_quotient(vec4 x, vec4 z) {
  const float twice_root = 1.5957691216057308, cubic = twice_root * 0.044715;  // twice_root = 2 * sqrt(2 / pi)
  // The bound keeps the cubes finite.
  const vec4 most = vec4(1e12);
  vec4 c = mix(x, most, greaterThan(x, most)), d = mix(z, most, greaterThan(z, most));
  c = mix(c, -most, lessThan(c, -most));
  d = mix(d, -most, lessThan(d, -most));
  const vec4 u = c * (c * c * cubic + twice_root), v = d * (d * d * cubic + twice_root);
  return mean_logistic(u, v)
    + mean_of(x, z) * (logistic_quotient(u, v) * ((c * c + c * d + d * d) * cubic + twice_root));
}

// The standard normal distribution function, as `gelu` has it.
vec4 normal_distribution(vec4 x) {
  vec4 value, slope;
  gelu(x, value, slope);
  // x Phi(x) / x; Phi(0) is 1/2.
  return mix(value / mix(x, vec4(1.0), equal(x, vec4(0.0))), vec4(0.5), equal(x, vec4(0.0)));
}

// Its quotient is the mean of the density between x and z, by four points of Gauss-Legendre where they are less than 1
// apart.
vec4 normal_quotient(vec4 x, vec4 z, vec4 distribution, vec4 other) {
  const vec4 middle = mean_of(x, z), inner = (x - z) * (0.5 * 0.3399810435848563);
  const vec4 outer = (x - z) * (0.5 * 0.8611363115940526);
  const vec4 a = middle + inner, b = middle - inner, c = middle + outer, d = middle - outer;
  const vec4 near = 0.3260725774312731 * (exponential(a * a * -0.5) + exponential(b * b * -0.5))
    + 0.1739274225687269 * (exponential(c * c * -0.5) + exponential(d * d * -0.5));
  const bvec4 is_near = lessThan(abs(x - z), vec4(1.0));
  return mix((distribution - other) / mix(x - z, vec4(1.0), is_near), near * 0.3989422804, is_near);
}

vec4 gelu_quotient(vec4 x, vec4 z) {
  const vec4 p = normal_distribution(x), q = normal_distribution(z);
  return mean_of(p, q) + mean_of(x, z) * normal_quotient(x, z, p, q);
}

vec4 relu_quotient(vec4 x, vec4 z) {
  vec4 a, b, slope, other;
  relu(x, a, slope);
  relu(z, b, other);
  const bvec4 same = equal(x, z);
  return mix((a - b) / mix(x - z, vec4(1.0), same), slope, same);
}

// The functions are numbered as in `activate`.
vec4 activation_multiplier(uint function, vec4 x, vec4 z) {
  if (function == 0) return gelu_quotient(x, z);
  if (function == 1) return gelu_tanh_quotient(x, z);
  if (function == 2) return relu_quotient(x, z);
  if (function == 3) return hyperbolic_quotient(x, z);
  return silu_quotient(x, z);
}
