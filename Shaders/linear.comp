#version 450
#extension GL_GOOGLE_include_directive : require
// y = x · Wᵀ + bias; W is [columns x depth].

layout(constant_id = 7) const bool BIAS = true;

const bool BY_DEPTH = true;

#include "include/invocation.glsl"
#include "include/matrix_product.glsl"
#include "include/matrix_operands.glsl"
#include "include/matrix_precision.glsl"

OPERAND(0, x)
WEIGHT(1, weight)
OPERAND(2, bias)
RESULT(3, y)

vec4 left_vector(uint row, uint at) { return rounded(x(row, at, depth, VECTOR_DEPTH)); }

vec4 right_vector(uint column, uint at) { return weight(column, at, depth, VECTOR_DEPTH); }

void finish(uint row, uint column, vec4 value) {
  if (PRECISION == 1) value *= scale;
  if (BIAS) value += bias(0, column, columns, VECTOR_COLUMNS);
  put_y(row, column, value);
}

void main() { multiply_tile(); }
