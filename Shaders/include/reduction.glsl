// Sums and maxima over the LANES invocations that share a row, by a tree in shared memory: the order is fixed, and no
// subgroup is assumed. LANES is a power of two that divides the group size GROUP. Every invocation must call.

shared vec2 reduction_slots[GROUP];

vec2 lanes_sum(vec2 value) {
  const uint id = gl_LocalInvocationID.x, lane = id % LANES;
  reduction_slots[id] = value;
  barrier();
  for (uint distance = LANES / 2; distance > 0; distance /= 2) {
    if (lane < distance) reduction_slots[id] += reduction_slots[id + distance];
    barrier();
  }
  const vec2 result = reduction_slots[id - lane];
  barrier();
  return result;
}

float lanes_max(float value) {
  const uint id = gl_LocalInvocationID.x, lane = id % LANES;
  reduction_slots[id].x = value;
  barrier();
  for (uint distance = LANES / 2; distance > 0; distance /= 2) {
    if (lane < distance) reduction_slots[id].x = max(reduction_slots[id].x, reduction_slots[id + distance].x);
    barrier();
  }
  const float result = reduction_slots[id - lane].x;
  barrier();
  return result;
}
