#version 450
#extension GL_GOOGLE_include_directive : require
// y_h = x_h · W_hᵀ + bias_h for each head h; W_h is [columns x depth], rows h · columns and on of W.

const bool BY_DEPTH = true;

#include "include/invocation.glsl"
#include "include/counts.glsl"

COUNTS(4)

#include "include/matrix_product.glsl"
#include "include/matrix_operands.glsl"

layout(constant_id = 7) const bool BIAS = true;

// A row of x is `heads` rows of the depth, one of y as many of the columns.
uint heads = gl_NumWorkGroups.z;
uint head = gl_WorkGroupID.z;

OPERAND(0, x)
OPERAND(1, weight)
OPERAND(2, bias)
RESULT(3, y)

vec4 left_vector(uint row, uint at) { return x(row * heads + head, at, depth, VECTOR_DEPTH); }

vec4 right_vector(uint column, uint at) {
  return weight(head * columns + column, at, depth, VECTOR_DEPTH);
}

void finish(uint row, uint column, vec4 value) {
  if (BIAS) value += bias(head, column, columns, VECTOR_COLUMNS);
  put_y(row * heads + head, column, value);
}

void main() { multiply_tile(); }
