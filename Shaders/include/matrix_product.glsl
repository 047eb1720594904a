// The tile of a matrix product that one group computes: C [rows x columns] = A [rows x depth] · B [depth x columns].
//
// A group makes TILE_ROWS x TILE_COLUMNS elements, an invocation PATCH x PATCH of them in registers. A and B pass
// through shared memory in slices of SLICE along the depth; while one is multiplied the next is on its way, in
// registers and, with two STAGES, straight into the other half of shared memory, which saves one of two barriers.
// Every element is one chain of fused multiply-adds over ascending depth, whatever the tile: a row's result depends
// on nothing but the row.
//
// Who includes this declares COUNTS, and defines BY_DEPTH, and how operands are read and results are written:
// - `left_vector(row, depth)`: four elements of A along the depth, zeros past its end;
// - `right_vector(column, depth)`: four elements of B along the depth where BY_DEPTH, along the columns otherwise;
// - `finish(row, column, value)`: four columns of C, of which those past the end are to be left out.
//
// Shared memory holds vectors of four rows (or columns) at one depth; an invocation reads PATCH / 2 of them for PATCH²
// multiply-adds. A vector's place is its number XOR twice its quarter of the slice, which keeps the stores of
// transposed blocks off each other's banks; the loads need no help, because 32 invocations in a row cover 8 x 4 patches.
//
// FLOPs: 2 rows columns depth. Traffic: 4 (1 / TILE_ROWS + 1 / TILE_COLUMNS) bytes for two of them, mostly from the
// second-level cache, since groups that run together share rows of A or columns of B.

#extension GL_EXT_control_flow_attributes : require

layout(constant_id = 0) const uint GROUP = 256;
layout(constant_id = 1) const uint TILE_ROWS = 128;
layout(constant_id = 2) const uint TILE_COLUMNS = 128;
layout(constant_id = 3) const uint PATCH = 8;   // 4 or 8
layout(constant_id = 4) const uint STAGES = 2;  // 1 or 2
layout(constant_id = 5) const bool VECTOR_DEPTH = true;    // the depth is a multiple of 4
layout(constant_id = 6) const bool VECTOR_COLUMNS = true;  // the number of columns is

layout(push_constant) uniform Push {
  uint extent;
  uint columns;
  uint depth;
  float scale;  // of the sums, in f16
};

uint rows = counts[extent];

const uint SLICE = 16;
const uint QUARTERS = SLICE / 4;
const uint ROW_VECTORS = TILE_ROWS / 4;
const uint COLUMN_VECTORS = TILE_COLUMNS / 4;
const uint LEFT_BLOCKS = ROW_VECTORS * QUARTERS;  // of 4 x 4 elements
const uint BLOCKS = LEFT_BLOCKS + COLUMN_VECTORS * QUARTERS;
const uint FETCHES = (BLOCKS + GROUP - 1) / GROUP;
const uint PATCH_VECTORS = PATCH / 4;
const uint PATCH_COLUMNS = TILE_COLUMNS / PATCH;

shared vec4 left_tile[STAGES * SLICE * ROW_VECTORS];
shared vec4 right_tile[STAGES * SLICE * COLUMN_VECTORS];

vec4 left_vector(uint row, uint at);
vec4 right_vector(uint column, uint at);
void finish(uint row, uint column, vec4 value);

// The next slice on its way to shared memory, and this invocation's patch.
vec4 staged[FETCHES * 4];
vec4 sums[PATCH * PATCH_VECTORS];

uint first_row() { return gl_WorkGroupID.y * TILE_ROWS; }
uint first_column() { return gl_WorkGroupID.x * TILE_COLUMNS; }

// Which patch of the tile is this invocation's: its row and column in patches.
uvec2 patch_place() {
  const uint id = gl_LocalInvocationID.x, cell = id / 32, cells = PATCH_COLUMNS / 4;
  return uvec2(cell / cells * 8 + id / 4 % 8, cell % cells * 4 + id % 4);
}

uint place(uint vector, uint quarter) { return vector ^ (2 * quarter); }

// A block's vector and quarter: neighbours read along the memory's rows.
uvec2 right_place(uint block) {
  if (BY_DEPTH) return uvec2(block / QUARTERS, block % QUARTERS);
  return uvec2(block % COLUMN_VECTORS, block / COLUMN_VECTORS);
}

void fetch(uint start) {
  [[unroll]] for (uint f = 0; f < FETCHES; f++) {
    const uint block = gl_LocalInvocationID.x + f * GROUP;
    if (block < LEFT_BLOCKS) {
      const uint row = first_row() + block / QUARTERS * 4, at = start + block % QUARTERS * 4;
      [[unroll]] for (uint i = 0; i < 4; i++) staged[f * 4 + i] = left_vector(min(row + i, rows - 1), at);
    } else if (block < BLOCKS) {
      const uvec2 from = right_place(block - LEFT_BLOCKS);
      const uint column = first_column() + from.x * 4, at = start + from.y * 4;
      [[unroll]] for (uint i = 0; i < 4; i++) {
        if (BY_DEPTH) staged[f * 4 + i] = right_vector(min(column + i, columns - 1), at);
        else staged[f * 4 + i] = right_vector(column, at + i);
      }
    }
  }
}

vec4 staged_across(uint f, uint i) {
  return vec4(staged[f * 4][i], staged[f * 4 + 1][i], staged[f * 4 + 2][i], staged[f * 4 + 3][i]);
}

void put(uint stage) {
  [[unroll]] for (uint f = 0; f < FETCHES; f++) {
    const uint block = gl_LocalInvocationID.x + f * GROUP;
    if (block < LEFT_BLOCKS) {
      const uint vector = block / QUARTERS, quarter = block % QUARTERS;
      const uint to = (stage * SLICE + quarter * 4) * ROW_VECTORS + place(vector, quarter);
      [[unroll]] for (uint i = 0; i < 4; i++) left_tile[to + i * ROW_VECTORS] = staged_across(f, i);
    } else if (block < BLOCKS) {
      const uvec2 from = right_place(block - LEFT_BLOCKS);
      const uint to = (stage * SLICE + from.y * 4) * COLUMN_VECTORS + place(from.x, from.y);
      [[unroll]] for (uint i = 0; i < 4; i++) {
        if (BY_DEPTH) right_tile[to + i * COLUMN_VECTORS] = staged_across(f, i);
        else right_tile[to + i * COLUMN_VECTORS] = staged[f * 4 + i];
      }
    }
  }
}

void multiply_slice(uint stage, uvec2 own) {
  // Not unrolled: a quarter is PATCH² x 4 multiply-adds long, and compilers take minutes over four of them.
  for (uint quarter = 0; quarter < QUARTERS; quarter++) {
    const uint row_place = place(own.x, quarter), column_place = place(own.y, quarter);
    [[unroll]] for (uint i = 0; i < 4; i++) {
      const uint at = stage * SLICE + quarter * 4 + i;
      vec4 a[PATCH_VECTORS], b[PATCH_VECTORS];
      [[unroll]] for (uint v = 0; v < PATCH_VECTORS; v++) {
        a[v] = left_tile[at * ROW_VECTORS + row_place + v * (ROW_VECTORS / PATCH_VECTORS)];
        b[v] = right_tile[at * COLUMN_VECTORS + column_place + v * (COLUMN_VECTORS / PATCH_VECTORS)];
      }
      [[unroll]] for (uint r = 0; r < PATCH; r++) {
        [[unroll]] for (uint v = 0; v < PATCH_VECTORS; v++) {
          sums[r * PATCH_VECTORS + v] = fma(vec4(a[r / 4][r % 4]), b[v], sums[r * PATCH_VECTORS + v]);
        }
      }
    }
  }
}

// Computes the tile, and hands each vector of four columns inside the matrix to `finish(row, column, value)`.
void multiply_tile() {
  if (first_row() >= rows) return;
  const uvec2 own = patch_place();
  const uint slices = (depth + SLICE - 1) / SLICE;
  [[unroll]] for (uint i = 0; i < PATCH * PATCH_VECTORS; i++) sums[i] = vec4(0.0);
  fetch(0);
  put(0);
  barrier();
  uint stage = 0;
  for (uint slice = 0; slice < slices; slice++) {
    const bool more = slice + 1 < slices;
    if (more) fetch((slice + 1) * SLICE);
    multiply_slice(stage, own);
    if (STAGES == 1) barrier();
    else stage = 1 - stage;
    if (more) put(stage);
    barrier();
  }
  [[unroll]] for (uint r = 0; r < PATCH; r++) {
    const uint row = first_row() + own.x * 4 + r / 4 * (TILE_ROWS / PATCH_VECTORS) + r % 4;
    [[unroll]] for (uint v = 0; v < PATCH_VECTORS; v++) {
      const uint column = first_column() + own.y * 4 + v * (TILE_COLUMNS / PATCH_VECTORS);
      if (row < rows && column < columns) finish(row, column, sums[r * PATCH_VECTORS + v]);
    }
  }
}
