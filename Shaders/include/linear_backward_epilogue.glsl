// What `dx = dy · W` does with its sums: plus or times an operand, and the result. Who includes this defines
// `scale_of(row)`, which brings sums over f16 operands to the operands' own scale.

layout(constant_id = 7) const uint EPILOGUE = 0;  // 0 none, 1 add, 2 multiply

OPERAND(2, operand)
RESULT(3, dx)

void finish(uint row, uint column, vec4 value) {
  if (PRECISION == 1) value *= scale_of(row);
  if (EPILOGUE == 1) value += operand(row, column, columns, VECTOR_COLUMNS);
  if (EPILOGUE == 2) value *= operand(row, column, columns, VECTOR_COLUMNS);
  put_dx(row, column, value);
}
