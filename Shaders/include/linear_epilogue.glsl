// What `y = x · Wᵀ` does with its sums: the bias of their columns, and the result. Who includes this defines
// `scale_of(row)`, which brings sums over f16 operands to the operands' own scale.

layout(constant_id = 7) const bool BIAS = true;

OPERAND(2, bias)
RESULT(3, y)

void finish(uint row, uint column, vec4 value) {
  if (PRECISION == 1) value *= scale_of(row);
  if (BIAS) value += bias(0, column, columns, VECTOR_COLUMNS);
  put_y(row, column, value);
}
