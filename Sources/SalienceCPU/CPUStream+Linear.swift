import SalienceKernelsC
import SalienceTensors

extension CPUStream: LinearKernels {
  func linear(
    _ x: Handle, weight: Parameter, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?
  ) throws {
    try multiply(
      x, weight: parameters.weight(weight, .forward), bias: bias.map(parameters.values), epilogue: .none,
      operand: nil, output: output)
    // In place, while the product is in the cache.
    if let activation { try self.activation(activation, output, output: output, derivative: derivative) }
  }

  func linearInputGradient(
    _ gradient: Handle, weight: Parameter, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws {
    try multiply(
      gradient, weight: parameters.weight(weight, .backward), bias: nil, epilogue: epilogue,
      operand: operand.map(pointer), output: output)
  }

  /// Rows are rounded up to whole blocks: ragged batches then share a few dozen compiled products, and the unused
  /// rows, which capacities leave room for, cannot touch the others.
  private func multiply(
    _ x: Handle, weight: PackedWeight, bias: UnsafeMutablePointer<Float>?, epilogue: Epilogue,
    operand: UnsafeMutablePointer<Float>?, output: Handle
  ) throws {
    let key = MatrixProduct.Key(
      rows: MemoryPlan.Capacity.rounded(try size(output).rows), inner: weight.inner, outer: weight.outer,
      bias: bias != nil, epilogue: epilogue, precision: weight.precision)
    try product(key, layout: weight).run(
      factor(x, rows: key.rows, weight: weight), weight: weight, bias: bias, operand: operand,
      output: pointer(output))
  }

  /// The left factor in the weight's precision, rounded just before the product that reads it.
  ///
  /// Hardly a value is read by two products, and rounding takes 2 to 3 % of a run's time: not worth a second output of
  /// the kernels that make the values.
  private func factor(_ x: Handle, rows: Int, weight: PackedWeight) throws -> UnsafeMutableRawPointer {
    let values = try pointer(x)
    guard weight.precision != .f32 else { return UnsafeMutableRawPointer(values) }
    let narrow = UnsafeMutableRawPointer(try scratch(count: (rows * weight.inner + 1) / 2))
    salience_narrow_bf16(
      values, try size(x).rows * weight.inner, narrow.assumingMemoryBound(to: UInt16.self))
    return narrow
  }
}
