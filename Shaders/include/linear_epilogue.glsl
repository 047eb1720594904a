// What `y = f(x · Wᵀ + bias)` does with its sums: the bias of their columns, the activation, and f' where a backward
// pass will want it. Who includes this defines `scale_of(row)`, which brings sums over f16 operands to the operands'
// own scale, and includes the activation functions first.

layout(constant_id = 7) const uint EPILOGUE = 1;  // 1 bias, 2 derivative; 4 times: 0 no activation, then 1 + FUNCTION

const bool BIAS = (EPILOGUE & 1) != 0;
const bool DERIVATIVE = (EPILOGUE & 2) != 0;
const uint ACTIVATION = EPILOGUE / 4;

OPERAND(2, bias)
RESULT(3, y)
RESULT(4, derivative)

void finish(uint row, uint column, vec4 value) {
  if (PRECISION == 1) value *= scale_of(row);
  if (BIAS) value += bias(0, column, columns, VECTOR_COLUMNS);
  if (ACTIVATION > 0) {
    vec4 slope;
    activate(ACTIVATION - 1, value, value, slope);
    if (DERIVATIVE) put_derivative(row, column, slope);
  }
  put_y(row, column, value);
}
