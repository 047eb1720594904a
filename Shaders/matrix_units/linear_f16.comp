#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
// y = f(x · Wᵀ + bias) and f' on matrix units, in f16; W is [columns x depth].

#define ELEMENT float16_t

const bool BY_DEPTH = true;

#include "include/counts.glsl"

COUNTS(5)

#include "include/matrix_unit_product.glsl"
#include "include/matrix_operands.glsl"
#include "include/exponential.glsl"
#include "include/activation_functions.glsl"
#include "include/linear_epilogue.glsl"

void main() {
  if (first_row() < rows) multiply_tile();
}
