// Heads of a row, queries, then keys, then values as far as there are any, and their rotation by the row's position.
// Needs the constant VECTOR and elements.glsl.

layout(constant_id = 2) const bool QUERY = true;
layout(constant_id = 3) const bool KEY = true;
layout(constant_id = 4) const bool VALUE = true;
layout(constant_id = 5) const bool SELECTED = false;  // a row for each sequence, at its selected token's position

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint input_row_units;
  uint head_units;
  uint half_units;
  uint heads;
  uint key_heads;
};

layout(std430, set = 0, binding = 1) readonly buffer Positions { uint positions[]; };
layout(std430, set = 0, binding = 2) readonly buffer SelectedRows { uint selected_rows[]; };
READS(3, rotations)  // by position: cosines, then sines

const uint QUERY_PARTS = QUERY ? 1 : 0;

// Whether the heads of a part past the queries' are keys.
bool is_key(uint part) { return KEY && part == QUERY_PARTS; }

uint position_of(uint row) {
  if (SELECTED) return positions[selected_rows[row]];
  return positions[row];
}

// `value` is the unit `column` of its head, and `other` the one that it is rotated against; `direction` -1 turns back.
vec4 rotated(vec4 value, vec4 other, uint column, uint position, float direction) {
  const bool is_first = column < half_units;
  const uint at = position * 2 * half_units + (is_first ? column : column - half_units);
  const vec4 opposite = rotations(at + half_units) * other * direction;
  return value * rotations(at) + (is_first ? -opposite : opposite);
}

// The unit of a head that the unit `column` is rotated against, counted from that one; no unit past the rotated ones.
int partner(uint column) { return column < half_units ? int(half_units) : -int(half_units); }
