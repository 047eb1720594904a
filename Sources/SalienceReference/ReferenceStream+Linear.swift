import SalienceTensors

extension ReferenceStream: LinearKernels {
  public func linear(
    _ x: Handle, weight: Parameter, isRounded: Bool, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?
  ) throws {
    let (rows, width) = try size(output)
    let (input, matrix) = (try values(x), try parameter(weight))
    let shift = try bias.map(parameter) ?? Array(repeating: 0, count: width)
    let inner = weight.shape[1]
    var result = [Double](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for column in 0..<width {
        var sum = shift[column]
        for k in 0..<inner { sum += input[row * inner + k] * matrix[column * inner + k] }
        result[row * width + column] = sum
      }
    }
    try store(activation.map { function in result.map(function.value) } ?? result, to: output)
    if let derivative, let activation { try store(result.map(activation.slope), to: derivative) }
  }

  public func linearInputGradient(
    _ gradient: Handle, weight: Parameter, isRounded: Bool, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    let (dy, matrix) = (try values(gradient), try parameter(weight))
    let other = try operand.map(values)
    let inner = weight.shape[0]
    var result = [Double](repeating: 0, count: rows * width)
    for row in 0..<rows {
      for k in 0..<inner {
        for column in 0..<width { result[row * width + column] += dy[row * inner + k] * matrix[k * width + column] }
      }
    }
    for (index, value) in (other ?? []).enumerated() {
      result[index] = epilogue == .add ? result[index] + value : result[index] * value
    }
    try store(result, to: output)
  }
}
