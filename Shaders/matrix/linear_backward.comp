#version 450
#extension GL_GOOGLE_include_directive : require
// dx = dy · W, plus or times an operand; W is [depth x columns].

const bool BY_DEPTH = false;

#include "include/invocation.glsl"
#include "include/counts.glsl"

COUNTS(4)

#include "include/matrix_product.glsl"
#include "include/matrix_operands.glsl"
#include "include/matrix_precision.glsl"
#include "include/linear_backward_epilogue.glsl"

OPERAND(0, gradient)
WEIGHT(1, weight)

vec4 left_vector(uint row, uint at) { return rounded(gradient(row, at, depth, VECTOR_DEPTH)); }

vec4 right_vector(uint column, uint at) {
  if (at >= depth) return vec4(0.0);
  return weight(at, column, columns, VECTOR_COLUMNS);
}

void main() { multiply_tile(); }
