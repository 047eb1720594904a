#version 450
#extension GL_GOOGLE_include_directive : require
// dx = dy · W, plus or times an operand; W is [depth x columns].

layout(constant_id = 7) const uint EPILOGUE = 0;  // 0 none, 1 add, 2 multiply

const bool BY_DEPTH = false;

#include "include/invocation.glsl"
#include "include/matrix_product.glsl"
#include "include/matrix_operands.glsl"
#include "include/matrix_precision.glsl"

OPERAND(0, gradient)
WEIGHT(1, weight)
OPERAND(2, operand)
RESULT(3, dx)

vec4 left_vector(uint row, uint at) { return rounded(gradient(row, at, depth, VECTOR_DEPTH)); }

vec4 right_vector(uint column, uint at) {
  if (at >= depth) return vec4(0.0);
  return weight(at, column, columns, VECTOR_COLUMNS);
}

void finish(uint row, uint column, vec4 value) {
  if (PRECISION == 1) value *= scale;
  if (EPILOGUE == 1) value += operand(row, column, columns, VECTOR_COLUMNS);
  if (EPILOGUE == 2) value *= operand(row, column, columns, VECTOR_COLUMNS);
  put_dx(row, column, value);
}

void main() { multiply_tile(); }
