#version 450
#extension GL_GOOGLE_include_directive : require
// Sum of up to three table rows: y[t] = Σ tables[i][indices_i[t]].
//
// A device may bind less of a buffer than a large vocabulary takes, so the first table is bound in windows of rows
// first..<end, one dispatch each, and a token is served by the dispatch whose window holds its row.

layout(constant_id = 1) const bool VECTOR = true;
layout(constant_id = 2) const uint TERMS = 1;
layout(constant_id = 3) const bool ACCUMULATE = false;  // add to what y holds

layout(push_constant) uniform Push {
  uint extent;
  uint row_units;
  uint first;
  uint end;
};

#include "include/invocation.glsl"
#include "include/elements.glsl"
#include "include/counts.glsl"

layout(std430, set = 0, binding = 0) readonly buffer FirstIndices { uint first_indices[]; };
layout(std430, set = 0, binding = 1) readonly buffer SecondIndices { uint second_indices[]; };
layout(std430, set = 0, binding = 2) readonly buffer ThirdIndices { uint third_indices[]; };
READS(3, first_table)
READS(4, second_table)
READS(5, third_table)
layout(std430, set = 0, binding = 6) buffer SumOfScalars { float sum_scalars[]; };
layout(std430, set = 0, binding = 6) buffer SumOfVectors { vec4 sum_vectors[]; };
COUNTS(7)

void main() {
  const uint rows = counts[extent];
  const uint unit = invocation_index();
  const uint row = unit / row_units, column = unit % row_units;
  if (row >= rows) return;
  const uint entry = first_indices[row];
  if (entry < first || entry >= end) return;
  vec4 sum = first_table((entry - first) * row_units + column);
  if (ACCUMULATE) {
    if (VECTOR) sum += sum_vectors[unit];
    else sum.x += sum_scalars[unit];
  }
  if (TERMS > 1) sum += second_table(second_indices[row] * row_units + column);
  if (TERMS > 2) sum += third_table(third_indices[row] * row_units + column);
  if (VECTOR) sum_vectors[unit] = sum;
  else sum_scalars[unit] = sum.x;
}
