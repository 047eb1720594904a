#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
// dx = dy · W on matrix units, plus or times an operand, in f16; W is [depth x columns].

#define ELEMENT float16_t

const bool BY_DEPTH = false;

#include "include/counts.glsl"

COUNTS(4)

#include "include/matrix_unit_product.glsl"
#include "include/matrix_operands.glsl"
#include "include/linear_backward_epilogue.glsl"

void main() {
  if (first_row() < rows) multiply_tile();
}
