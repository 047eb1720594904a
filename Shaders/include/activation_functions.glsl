// Activation functions and their derivatives at four points, with absolute errors below 1e-7.

// The logistic function of x and of -x, each accurate where it is small.
void logistic(vec4 x, out vec4 value, out vec4 complement) {
  const vec4 e = exponential(-abs(x));
  const vec4 large = 1.0 / (1.0 + e);
  const vec4 small = e * large;
  const bvec4 negative = lessThan(x, vec4(0.0));
  value = mix(large, small, negative);
  complement = mix(small, large, negative);
}

// x Phi(x), Phi the standard normal distribution function: exp(-x^2 / 2) * G(w) with w = (|x| - 4) / (|x| + 4).
// G, half the scaled complementary error function of |x| / sqrt 2, is a degree 9 minimax fit over |x| <= 13.3.
void gelu(vec4 x, out vec4 value, out vec4 slope) {
  const vec4 a = mix(abs(x), vec4(32.0), greaterThan(abs(x), vec4(32.0)));  // constant in float32 long before
  const vec4 e = exponential(a * a * -0.5);
  const vec4 w = (a - 4.0) / (a + 4.0);
  vec4 g = fma(w, vec4(-7.3020245e-05), vec4(-0.00017936151));
  g = fma(g, w, vec4(0.0006621214));
  g = fma(g, w, vec4(0.0005138332));
  g = fma(g, w, vec4(-0.008497467));
  g = fma(g, w, vec4(0.030862166));
  g = fma(g, w, vec4(-0.07170712));
  g = fma(g, w, vec4(0.12437952));
  g = fma(g, w, vec4(-0.17039771));
  g = fma(g, w, vec4(0.094410636));
  const vec4 tail = e * g;
  const vec4 distribution = mix(1.0 - tail, tail, lessThan(x, vec4(0.0)));
  value = x * distribution;
  slope = distribution + x * (e * 0.3989422804);
}

// (1 + tanh u) / 2 is the logistic function of 2u, which costs one exponential and loses no digits in the tails.
void gelu_tanh(vec4 x, out vec4 value, out vec4 slope) {
  const float twice_root = 1.5957691216057308;  // 2 * sqrt(2 / pi)
  // Beyond 16 the result is x or 0 in float32; the bound keeps the cube finite.
  vec4 c = mix(x, vec4(16.0), greaterThan(x, vec4(16.0)));
  c = mix(c, vec4(-16.0), lessThan(c, vec4(-16.0)));
  const vec4 square = c * c;
  vec4 distribution, complement;
  logistic(c * fma(square, vec4(twice_root * 0.044715), vec4(twice_root)), distribution, complement);
  value = x * distribution;
  slope = distribution
    + c * fma(square, vec4(3.0 * twice_root * 0.044715), vec4(twice_root)) * (distribution * complement);
}

// A NaN is neither below nor above 0, and passes through.
void relu(vec4 x, out vec4 value, out vec4 slope) {
  value = mix(x, vec4(0.0), lessThan(x, vec4(0.0)));
  slope = mix(vec4(0.0), vec4(1.0), greaterThan(x, vec4(0.0)));
}

// GLSL's own tanh may lose its digits near 0; there x + x^3 p(x^2), a minimax fit over |x| <= 0.625, keeps them.
void hyperbolic_tangent(vec4 x, out vec4 value, out vec4 slope) {
  const vec4 a = abs(x);
  const vec4 e = exponential(a * -2.0);
  const vec4 r = 1.0 / (1.0 + e);
  const vec4 u = x * x;
  vec4 p = fma(u, vec4(-0.005717037245631218), vec4(0.020650580525398254));
  p = fma(p, u, vec4(-0.05374349653720856));
  p = fma(p, u, vec4(0.13331490755081177));
  p = fma(p, u, vec4(-0.3333328366279602));
  const vec4 magnitude = mix((1.0 - e) * r, fma(a * u, p, a), lessThan(a, vec4(0.625)));
  value = mix(magnitude, -magnitude, lessThan(x, vec4(0.0)));
  slope = 4.0 * e * (r * r);
}

void silu(vec4 x, out vec4 value, out vec4 slope) {
  vec4 s, complement;
  logistic(x, s, complement);
  value = x * s;
  slope = fma(x, s * complement, s);
}

// 0 gelu, 1 gelu_new, 2 relu, 3 tanh, 4 silu.
void activate(uint function, vec4 x, out vec4 value, out vec4 slope) {
  if (function == 0) gelu(x, value, slope);
  else if (function == 1) gelu_tanh(x, value, slope);
  else if (function == 2) relu(x, value, slope);
  else if (function == 3) hyperbolic_tangent(x, value, slope);
  else silu(x, value, slope);
}
