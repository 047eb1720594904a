// The tile of a matrix product that one group computes on matrix units: C [rows x columns] = A [rows x depth] · B
// [depth x columns], A and B of 16-bit numbers, C and every sum in float32.
//
// A group makes TILE_ROWS x TILE_COLUMNS elements, each of its subgroups a square block of BLOCK x BLOCK of them as
// fragments of M x N in registers. A and B pass through shared memory in slices of SLICE along the depth; while one is
// multiplied the next is on its way, in registers and, with two STAGES, straight into the other half of shared memory.
// A fragment is one chain of multiply-adds of depth K over ascending depth, whatever the tile: a row's result depends
// on nothing but the row.
//
// A comes from `half_precision_rows.comp`: rows of whole vectors of eight numbers, the last filled up with zeros, and
// behind all rows a factor in float32 for each, by which the row's results are to be multiplied in f16. B is a stored
// weight; rows of it that are no whole vectors are gathered number by number.
//
// Who includes this declares COUNTS, and defines BY_DEPTH, whether B's vectors lie along the depth or along its columns, ELEMENT, the type
// of A's and B's numbers, and `finish(row, column, value)`, which takes four columns of C.
//
// Shared memory holds vectors of eight numbers. One more in a row than is used keeps eight rows at one depth, which
// matrix units load together, off each other's banks. The sums leave through the same memory, a strip of M rows of
// each subgroup at a time, because only there an invocation knows which element it holds.
//
// FLOPs: 2 rows columns depth. Traffic: 2 (1 / TILE_ROWS + 1 / TILE_COLUMNS) bytes for two of them, mostly from the
// second-level cache; from shared memory 4 / BLOCK bytes for two.

#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_KHR_shader_subgroup_basic : require

layout(local_size_x_id = 0) in;

layout(constant_id = 0) const uint GROUP = 128;  // SUBGROUP times the number of blocks
layout(constant_id = 1) const uint TILE_ROWS = 128;
layout(constant_id = 2) const uint TILE_COLUMNS = 128;
layout(constant_id = 3) const uint BLOCK = 64;
layout(constant_id = 4) const uint STAGES = 2;  // 1 or 2
layout(constant_id = 5) const bool WHOLE_VECTORS = true;   // the weight's rows are a multiple of 8
layout(constant_id = 6) const bool VECTOR_COLUMNS = true;  // the number of columns is a multiple of 4
layout(constant_id = 8) const uint PRECISION = 1;          // 1 f16, 2 bf16
layout(constant_id = 9) const uint M = 16;  // multiples of 8 that divide BLOCK
layout(constant_id = 10) const uint N = 16;
layout(constant_id = 11) const uint K = 16;  // divides SLICE
layout(constant_id = 12) const uint SUBGROUP = 32;

layout(push_constant) uniform Push {
  uint extent;
  uint columns;
  uint depth;
  float scale;  // of the sums, in f16
};

uint rows = counts[extent];

const uint SLICE = 32;
const uint SLICE_VECTORS = SLICE / 8;
const uint DEPTH_PITCH = SLICE_VECTORS + 1;
const uint COLUMN_VECTORS = TILE_COLUMNS / 8;
const uint COLUMN_PITCH = COLUMN_VECTORS + 1;
const uint LEFT_SIZE = TILE_ROWS * DEPTH_PITCH;
const uint RIGHT_SIZE = BY_DEPTH ? TILE_COLUMNS * DEPTH_PITCH : SLICE * COLUMN_PITCH;
const uint LEFT_FETCHES = TILE_ROWS * SLICE_VECTORS / GROUP;
const uint RIGHT_FETCHES = TILE_COLUMNS * SLICE_VECTORS / GROUP;
const uint BLOCKS_ACROSS = TILE_COLUMNS / BLOCK;
const uint FRAGMENTS_DOWN = BLOCK / M;
const uint FRAGMENTS_ACROSS = BLOCK / N;

// The strips that results leave in are of float32, four to a vector.
const uint STRIP_VECTORS = BLOCK / 4;
const uint STRIP_PITCH = STRIP_VECTORS + 1;
const uint STRIPS_SIZE = GROUP / SUBGROUP * M * STRIP_PITCH;
const uint TILES_SIZE = STAGES * (LEFT_SIZE + RIGHT_SIZE);

shared uvec4 tiles[TILES_SIZE > STRIPS_SIZE ? TILES_SIZE : STRIPS_SIZE];

layout(std430, set = 0, binding = 0) readonly buffer LeftVectors { uvec4 left_vectors[]; };
layout(std430, set = 0, binding = 0) readonly buffer LeftScalars { float left_scalars[]; };
layout(std430, set = 0, binding = 1) readonly buffer WeightVectors { uvec4 weight_vectors[]; };
layout(std430, set = 0, binding = 1) readonly buffer WeightWords { uint weight_words[]; };

void finish(uint row, uint column, vec4 value);

coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator> sums[FRAGMENTS_DOWN * FRAGMENTS_ACROSS];
// The next slice on its way to shared memory.
uvec4 staged_left[LEFT_FETCHES];
uvec4 staged_right[RIGHT_FETCHES];

uint first_row() { return gl_WorkGroupID.y * TILE_ROWS; }
uint first_column() { return gl_WorkGroupID.x * TILE_COLUMNS; }

uint depth_vectors() { return (depth + 7) / 8; }

float scale_of(uint row) { return scale * left_scalars[rows * depth_vectors() * 4 + row]; }

// Eight numbers at `at` of the weight's row, zeros past its end.
uvec4 weight_vector(uint row, uint at, uint width) {
  uvec4 value = uvec4(0);
  if (WHOLE_VECTORS) {
    if (at < width) value = weight_vectors[(row * width + at) / 8];
  } else {
    for (uint i = 0; i < 8; i++) {
      const uint element = row * width + at + i;
      if (at + i < width) value[i / 2] |= (weight_words[element / 2] >> element % 2 * 16 & 0xFFFF) << i % 2 * 16;
    }
  }
  return value;
}

void fetch(uint start) {
  [[unroll]] for (uint f = 0; f < LEFT_FETCHES; f++) {
    const uint item = gl_LocalInvocationID.x + f * GROUP;
    const uint row = min(first_row() + item / SLICE_VECTORS, rows - 1), at = start / 8 + item % SLICE_VECTORS;
    staged_left[f] = at < depth_vectors() ? left_vectors[row * depth_vectors() + at] : uvec4(0);
  }
  [[unroll]] for (uint f = 0; f < RIGHT_FETCHES; f++) {
    const uint item = gl_LocalInvocationID.x + f * GROUP;
    if (BY_DEPTH) {
      const uint column = min(first_column() + item / SLICE_VECTORS, columns - 1);
      staged_right[f] = weight_vector(column, start + item % SLICE_VECTORS * 8, depth);
    } else {
      const uint at = start + item / COLUMN_VECTORS, column = first_column() + item % COLUMN_VECTORS * 8;
      staged_right[f] = at < depth ? weight_vector(at, column, columns) : uvec4(0);
    }
  }
}

void put(uint stage) {
  const uint base = stage * (LEFT_SIZE + RIGHT_SIZE);
  [[unroll]] for (uint f = 0; f < LEFT_FETCHES; f++) {
    const uint item = gl_LocalInvocationID.x + f * GROUP;
    tiles[base + item / SLICE_VECTORS * DEPTH_PITCH + item % SLICE_VECTORS] = staged_left[f];
  }
  [[unroll]] for (uint f = 0; f < RIGHT_FETCHES; f++) {
    const uint item = gl_LocalInvocationID.x + f * GROUP, to = base + LEFT_SIZE;
    if (BY_DEPTH) tiles[to + item / SLICE_VECTORS * DEPTH_PITCH + item % SLICE_VECTORS] = staged_right[f];
    else tiles[to + item / COLUMN_VECTORS * COLUMN_PITCH + item % COLUMN_VECTORS] = staged_right[f];
  }
}

// `block` is the subgroup's block of the tile: its first row and column.
void multiply_slice(uint stage, uvec2 block) {
  const uint left = stage * (LEFT_SIZE + RIGHT_SIZE), right = left + LEFT_SIZE;
  // Not unrolled, for compilers take minutes over all of a slice's fragments.
  for (uint step = 0; step < SLICE / K; step++) {
    coopmat<ELEMENT, gl_ScopeSubgroup, M, K, gl_MatrixUseA> a[FRAGMENTS_DOWN];
    [[unroll]] for (uint r = 0; r < FRAGMENTS_DOWN; r++) {
      coopMatLoad(
        a[r], tiles, left + (block.x + r * M) * DEPTH_PITCH + step * (K / 8), DEPTH_PITCH,
        gl_CooperativeMatrixLayoutRowMajor);
    }
    [[unroll]] for (uint c = 0; c < FRAGMENTS_ACROSS; c++) {
      coopmat<ELEMENT, gl_ScopeSubgroup, K, N, gl_MatrixUseB> b;
      const uint column = block.y + c * N;
      if (BY_DEPTH) {
        coopMatLoad(
          b, tiles, right + column * DEPTH_PITCH + step * (K / 8), DEPTH_PITCH, gl_CooperativeMatrixLayoutColumnMajor);
      } else {
        coopMatLoad(
          b, tiles, right + step * K * COLUMN_PITCH + column / 8, COLUMN_PITCH, gl_CooperativeMatrixLayoutRowMajor);
      }
      [[unroll]] for (uint r = 0; r < FRAGMENTS_DOWN; r++) {
        sums[r * FRAGMENTS_ACROSS + c] = coopMatMulAdd(a[r], b, sums[r * FRAGMENTS_ACROSS + c]);
      }
    }
  }
}

// Hands the block's vectors of four columns inside the matrix to `finish(row, column, value)`.
void finish_block(uvec2 block) {
  const uint base = gl_SubgroupID * (M * STRIP_PITCH);
  [[unroll]] for (uint r = 0; r < FRAGMENTS_DOWN; r++) {
    [[unroll]] for (uint c = 0; c < FRAGMENTS_ACROSS; c++) {
      coopMatStore(
        sums[r * FRAGMENTS_ACROSS + c], tiles, base + c * (N / 4), STRIP_PITCH, gl_CooperativeMatrixLayoutRowMajor);
    }
    barrier();
    for (uint item = gl_SubgroupInvocationID; item < M * STRIP_VECTORS; item += SUBGROUP) {
      const uint row = first_row() + block.x + r * M + item / STRIP_VECTORS;
      const uint column = first_column() + block.y + item % STRIP_VECTORS * 4;
      if (row < rows && column < columns) {
        finish(row, column, uintBitsToFloat(tiles[base + item / STRIP_VECTORS * STRIP_PITCH + item % STRIP_VECTORS]));
      }
    }
    barrier();
  }
}

// Computes a tile of which one row at least lies inside the matrix.
void multiply_tile() {
  const uvec2 block = uvec2(gl_SubgroupID / BLOCKS_ACROSS, gl_SubgroupID % BLOCKS_ACROSS) * BLOCK;
  const uint slices = (depth + SLICE - 1) / SLICE;
  [[unroll]] for (uint i = 0; i < FRAGMENTS_DOWN * FRAGMENTS_ACROSS; i++) {
    sums[i] = coopmat<float, gl_ScopeSubgroup, M, N, gl_MatrixUseAccumulator>(0.0);
  }
  uint stage = 0;
  // The first round only fetches, the last one only multiplies.
  for (uint slice = 0; slice <= slices; slice++) {
    const bool more = slice < slices;
    if (more) fetch(slice * SLICE);
    if (slice > 0) {
      multiply_slice(stage, block);
      if (STAGES == 1) barrier();
      else stage = 1 - stage;
    }
    if (more) put(stage);
    barrier();
  }
  finish_block(block);
}
