// Attention of one token over its sequence, with tables of positions.

layout(constant_id = 0) const uint GROUP = 128;
layout(constant_id = 1) const uint HEAD_SIZE = 64;
layout(constant_id = 2) const bool BY_KEY = true;  // whether queries are multiplied with a table
layout(constant_id = 3) const bool BY_QUERY = true;  // whether keys are

layout(push_constant) uniform Push {
  uint extent;
  uint width;  // H, a multiple of the head size
  uint heads;
  float scale;
  uint center;  // the tables' row of offset 0
#ifdef TABLE_FACTOR
  float table_factor;  // c, of the tables' part of a gradient
#endif
};

#include "attention_one_token.glsl"

// Where the head's row of offset query - key begins in a table.
uint table_row(uint query, uint key) { return (center + query - key) * width + gl_WorkGroupID.z * HEAD_SIZE; }
