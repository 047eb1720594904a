// What attention of one token over the tokens of its sequence shares: a group has one token and one head, an invocation
// every GROUP-th token of the sequence. Sums over tokens keep an order that depends on GROUP alone. Needs GROUP and
// HEAD_SIZE.

const uint LANES = GROUP;
// Where a head is narrower than the group, PARTS invocations share one of its elements, each with a part of the tokens;
// where it is wider, an invocation has several elements.
const uint PARTS = GROUP > HEAD_SIZE ? GROUP / HEAD_SIZE : 1;
const uint SPANS = (HEAD_SIZE + GROUP - 1) / GROUP;

shared float row[HEAD_SIZE];
shared float weights[GROUP];
shared float part_sums[GROUP];

uint own_part() { return HEAD_SIZE < GROUP ? gl_LocalInvocationID.x / HEAD_SIZE : 0; }
uint own_element() { return HEAD_SIZE < GROUP ? gl_LocalInvocationID.x % HEAD_SIZE : gl_LocalInvocationID.x; }

// Adds the parts' sums of an element in order; the result is the first part's.
float join_parts(float sum) {
  const uint id = gl_LocalInvocationID.x;
  barrier();
  part_sums[id] = sum;
  barrier();
  float total = sum;
  if (own_part() == 0) {
    for (uint part = 1; part < PARTS; part++) total += part_sums[part * HEAD_SIZE + id];
  }
  return total;
}

// Adds to sums, over `count` tokens whose weights are in shared memory, weight times the token's row of `source`; a
// stride may count down, for it wraps.
#define ADD_WEIGHTED_ROWS(sums, source, start, stride, count)                                      \
  if (own_part() < PARTS) {                                                                        \
    for (uint k = own_part(); k < (count); k += PARTS) {                                           \
      for (uint s = 0; s < SPANS; s++) {                                                           \
        const uint d = own_element() + s * GROUP;                                                  \
        if (d < HEAD_SIZE) sums[s] = fma(weights[k], source[(start) + k * (stride) + d], sums[s]); \
      }                                                                                            \
    }                                                                                              \
  }
