// Sums and maxima over LANES invocations, of each column of a unit. Needs reduction.glsl and the constant VECTOR; every
// invocation must call.

vec4 lanes_sum_of_columns(vec4 value) {
  const vec2 first = lanes_sum(value.xy);
  return vec4(first, VECTOR ? lanes_sum(value.zw) : vec2(0.0));
}

vec4 lanes_max_of_columns(vec4 value) {
  vec4 result = vec4(lanes_max(value.x));
  if (VECTOR) {
    result.y = lanes_max(value.y);
    result.z = lanes_max(value.z);
    result.w = lanes_max(value.w);
  }
  return result;
}
