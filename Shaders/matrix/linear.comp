#version 450
#extension GL_GOOGLE_include_directive : require
// y = f(x · Wᵀ + bias) and f'; W is [columns x depth].

const bool BY_DEPTH = true;

#include "include/invocation.glsl"
#include "include/counts.glsl"

COUNTS(5)

#include "include/matrix_product.glsl"
#include "include/matrix_operands.glsl"
#include "include/matrix_precision.glsl"
#include "include/exponential.glsl"
#include "include/activation_functions.glsl"
#include "include/linear_epilogue.glsl"

OPERAND(0, x)
WEIGHT(1, weight)

vec4 left_vector(uint row, uint at) { return rounded(x(row, at, depth, VECTOR_DEPTH)); }

vec4 right_vector(uint column, uint at) { return weight(column, at, depth, VECTOR_DEPTH); }

void main() { multiply_tile(); }
