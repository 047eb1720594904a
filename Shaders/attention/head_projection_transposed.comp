#version 450
#extension GL_GOOGLE_include_directive : require
// y_h = x_h · W_h for each head h; W_h is [depth x columns], rows h · depth and on of W.

const bool BY_DEPTH = false;

#include "include/invocation.glsl"
#include "include/counts.glsl"

COUNTS(3)

#include "include/matrix_product.glsl"
#include "include/matrix_operands.glsl"

// A row of x is `heads` rows of the depth, one of y as many of the columns.
uint heads = gl_NumWorkGroups.z;
uint head = gl_WorkGroupID.z;

OPERAND(0, x)
OPERAND(1, weight)
RESULT(2, y)

vec4 left_vector(uint row, uint at) { return x(row * heads + head, at, depth, VECTOR_DEPTH); }

vec4 right_vector(uint column, uint at) {
  if (at >= depth) return vec4(0.0);
  return weight(head * depth + at, column, columns, VECTOR_COLUMNS);
}

void finish(uint row, uint column, vec4 value) { put_y(row * heads + head, column, value); }

void main() { multiply_tile(); }
