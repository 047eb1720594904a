// Tiles of attention: a group owns ROWS tokens of one sequence and one head, and walks over the sequence's tokens in
// steps of COLUMNS. An invocation owns 4 rows; LANES invocations share them, each with 4 columns of a step, and with
// SPANS vectors of the head in a result. Steps have one size on a device for a head size, so that a row's numbers do
// not depend on how many rows a group owns, and columns are always summed in ascending order.
//
// With WINDOW a query sees the keys from `before` tokens in front of it to `after` behind it alone: steps that no row
// of the group meets are left out, and a step begins at a multiple of COLUMNS as ever, so that the rows of a group have
// no say in each other's numbers.
//
// A tile in shared memory holds a head's vectors row by row. Vector v of a row stands at v XOR the row's quarter, so
// that 8 invocations that read the same v of 8 different quarters, or 8 neighbouring vectors of one row, meet in no
// bank. Rows past the sequence's end are zeros.

#extension GL_EXT_control_flow_attributes : require

layout(constant_id = 0) const uint GROUP = 128;  // ROWS / 4 * LANES
layout(constant_id = 3) const uint ROWS = 64;
layout(constant_id = 4) const uint LANES = 8;  // 2, 4 or 8
layout(constant_id = 5) const bool WINDOW = false;

layout(push_constant) uniform Push {
  uint extent;
  uint width;  // H, a multiple of the head size
  uint heads;
  float scale;
  uint before;  // at most 2^30, as is `after`
  uint after;
};

const uint COLUMNS = 4 * LANES;
const uint PITCH = (HEAD_VECTORS + 7) / 8 * 8;
const uint SPANS = (HEAD_VECTORS + LANES - 1) / LANES;
const uint QUADS = ROWS / 4;

uint own_lane() { return gl_LocalInvocationID.x % LANES; }
uint own_quad() { return gl_LocalInvocationID.x / LANES; }

// Where vector v of row `row` of a tile stands.
uint tile_place(uint row, uint v) { return row * PITCH + (v ^ (row / 4 % 8)); }

// Where columns 4 lane ..< 4 lane + 4 of row `row` stand in a tile of weights [ROWS x COLUMNS].
uint weight_place(uint row, uint lane) { return row * LANES + (lane ^ (row / 4 % LANES)); }

// The first step that a group's rows from `first` on meet, where each meets `reach` columns in front of its own.
uint first_step(uint first, uint reach) {
  return WINDOW && first > reach ? (first - reach) / COLUMNS * COLUMNS : 0;
}

// The end of the steps that they meet, where each meets `reach` columns behind its own.
uint last_step(uint first, uint reach, uint length) {
  return WINDOW ? min(length, first + ROWS + reach) : length;
}

// Which of four columns from `column` on are not the sequence's.
bvec4 past_end(uint column, uint length) { return greaterThanEqual(column + uvec4(0, 1, 2, 3), uvec4(length)); }

// Which of four columns a row does not meet: those past the sequence's end, and with WINDOW those further than `front`
// before the row's own or `behind` after it.
bvec4 unmet(bvec4 past_end, uint column, uint row, uint front, uint behind) {
  if (!WINDOW) return past_end;
  // Columns too far in front wrap around.
  const uvec4 places = mix(column + uvec4(0, 1, 2, 3) + (front - row), uvec4(0xffffffff), past_end);
  return greaterThan(places, uvec4(front + behind));
}

// Fills a tile of `count` rows with tokens first, first + 1 ... of a sequence of `length`; `origin` is the first
// element of the head in the sequence's first token, `stride` the distance of two tokens.
#define LOAD_TILE(tile, source, count, first, length, origin, stride)                       \
  for (uint i = gl_LocalInvocationID.x; i < (count) * PITCH; i += GROUP) {                  \
    const uint row = i / PITCH, v = i % PITCH;                                              \
    vec4 value = vec4(0.0);                                                                 \
    if ((first) + row < (length)) value = source((origin) + ((first) + row) * (stride), v); \
    tile[tile_place(row, v)] = value;                                                       \
  }

// Adds to result[i], four columns for each of an invocation's rows, the inner products of two tiles' rows.
#define ADD_PRODUCTS(result, row_tile, column_tile)                                                   \
  for (uint v = 0; v < HEAD_VECTORS; v++) {                                                           \
    vec4 a[4], b[4];                                                                                  \
    [[unroll]] for (uint i = 0; i < 4; i++) a[i] = row_tile[tile_place(own_quad() * 4 + i, v)];       \
    [[unroll]] for (uint i = 0; i < 4; i++) b[i] = column_tile[tile_place(own_lane() * 4 + i, v)];    \
    [[unroll]] for (uint d = 0; d < 4; d++) {                                                         \
      const vec4 across = vec4(b[0][d], b[1][d], b[2][d], b[3][d]);                                   \
      [[unroll]] for (uint i = 0; i < 4; i++) result[i] = fma(vec4(a[i][d]), across, result[i]);      \
    }                                                                                                 \
  }

// Adds to sums[i * SPANS + s], the invocation's vectors of each of its rows, weights times a tile's rows.
#define ADD_WEIGHTED(sums, weights, tile)                                                              \
  for (uint lane = 0; lane < LANES; lane++) {                                                          \
    vec4 w[4];                                                                                         \
    [[unroll]] for (uint i = 0; i < 4; i++) w[i] = weights[weight_place(own_quad() * 4 + i, lane)];    \
    [[unroll]] for (uint c = 0; c < 4; c++) {                                                          \
      [[unroll]] for (uint s = 0; s < SPANS; s++) {                                                    \
        const vec4 value = tile[tile_place(lane * 4 + c, own_lane() + s * LANES)];                     \
        [[unroll]] for (uint i = 0; i < 4; i++) {                                                      \
          sums[i * SPANS + s] = fma(vec4(w[i][c]), value, sums[i * SPANS + s]);                        \
        }                                                                                              \
      }                                                                                                \
    }                                                                                                  \
  }
