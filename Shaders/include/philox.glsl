// Philox-4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011): four random
// words of a counter and a key.
uvec4 philox(uvec4 counter, uvec2 key) {
  for (uint i = 0u; i < 10u; i++) {
    uint first_high, first_low, second_high, second_low;
    umulExtended(counter.x, 0xD2511F53u, first_high, first_low);
    umulExtended(counter.z, 0xCD9E8D57u, second_high, second_low);
    counter = uvec4(
      second_high ^ counter.y ^ key.x, second_low, first_high ^ counter.w ^ key.y, first_low);
    key += uvec2(0x9E3779B9u, 0xBB67AE85u);
  }
  return counter;
}
