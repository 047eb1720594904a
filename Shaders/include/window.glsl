// The window of a selected token. Who includes this has the push constants `before` and `after`.

// The first key that query `query` of a sequence sees, and the first behind those that it sees.
uvec2 keys_seen(uint query, uint length) {
  return uvec2(query > before ? query - before : 0, min(length, query + after + 1));
}
