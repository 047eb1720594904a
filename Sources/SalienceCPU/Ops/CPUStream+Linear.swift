import SalienceKernelsC
import SalienceTensors

extension CPUStream: LinearKernels {
  func linear(
    _ x: Handle, weight: Parameter, isRounded: Bool, bias: Parameter?, activation: ActivationFunction?, output: Handle,
    derivative: Handle?
  ) throws {
    let slopes = try derivative.map(pointer)
    try multiply(
      x, weight: parameters.weight(weight, .forward, isRounded: isRounded), bias: bias.map(parameters.values),
      output: output, inPlace: activation == nil
    ) { sums, values, start, count in
      guard let activation else { return }
      Self.activate(activation, sums, count: count, output: values, derivative: slopes.map { $0 + start })
    }
  }

  func linearInputGradient(
    _ gradient: Handle, weight: Parameter, isRounded: Bool, epilogue: Epilogue, operand: Handle?, output: Handle
  ) throws {
    let other = try operand.map(pointer)
    try multiply(
      gradient, weight: parameters.weight(weight, .backward, isRounded: isRounded), bias: nil, output: output,
      inPlace: epilogue == .none
    ) { sums, result, start, count in
      guard let other else { return }
      switch epilogue {
      case .none: break
      case .add: salience_add(sums, other + start, count, result)
      case .multiply: salience_multiply(sums, other + start, count, result)
      }
    }
  }

  /// Rows are multiplied in slices whose rounded factor and product stay in the second-level cache until what comes
  /// after the product has read them: an operand of oneDNN's own post-op streams from memory and costs up to 40 % of
  /// the product.
  ///
  /// Rows of a product are rounded up to whole blocks: ragged batches then share a few dozen compiled products, and the
  /// unused rows, which capacities leave room for, cannot touch the others.
  ///
  /// - Parameters:
  ///   - inPlace: write the product to `output` itself; elsewhere otherwise, for `finish` to read.
  ///   - finish: takes a slice's product, where its result goes, the place of its first element in the output, and its
  ///     number of elements.
  private func multiply(
    _ x: Handle, weight: PackedWeight, bias: UnsafeMutablePointer<Float>?, output: Handle, inPlace: Bool,
    finish: (
      _ sums: UnsafeMutablePointer<Float>, _ result: UnsafeMutablePointer<Float>, _ start: Int, _ count: Int
    ) -> Void
  ) throws {
    let (rows, narrow) = (try size(output).rows, try narrowPointer(output))
    let target = try narrow == nil ? pointer(output) : nil
    let slice = inPlace && weight.precision == .f32 ? max(rows, 1) : Self.sliceRows(weight, of: rows)
    for start in stride(from: 0, to: rows, by: slice) {
      let count = min(slice, rows - start)
      let key = MatrixProduct.Key(
        rows: MemoryPlan.Capacity.rounded(count), inner: weight.inner, outer: weight.outer, bias: bias != nil,
        precision: weight.precision)
      let (first, elements) = (start * weight.outer, count * weight.outer)
      let place = target.map { $0 + first }
      let sums = try inPlace ? place ?? sums(count: key.rows * weight.outer) : sums(count: key.rows * weight.outer)
      try product(key, layout: weight).run(
        factor(x, from: start, rows: count, of: key.rows, weight: weight), weight: weight, bias: bias, output: sums)
      finish(sums, place ?? sums, first, elements)
      if let narrow { salience_narrow_bf16(sums, elements, narrow + first) }
    }
  }

  /// Whole blocks of rows: slices of about one size whose factor or product, whichever is wider, takes at most three
  /// quarters of a megabyte in float32.
  private static func sliceRows(_ weight: PackedWeight, of rows: Int) -> Int {
    let most = max(MemoryPlan.Capacity.blockRows, (192 << 10) / max(weight.inner, weight.outer))
    let slices = max(1, (rows + most - 1) / most)
    return MemoryPlan.Capacity.rounded(max(1, (rows + slices - 1) / slices))
  }

  /// Rows of the left factor in the weight's precision, rounded just before the product that reads them.
  private func factor(
    _ x: Handle, from start: Int, rows: Int, of capacity: Int, weight: PackedWeight
  ) throws -> UnsafeMutableRawPointer {
    let first = start * weight.inner
    if let narrow = try narrowPointer(x) { return UnsafeMutableRawPointer(narrow + first) }
    let values = try pointer(x) + first
    guard weight.precision != .f32 else { return UnsafeMutableRawPointer(values) }
    let narrow = UnsafeMutableRawPointer(try scratch(count: (capacity * weight.inner + 1) / 2))
    salience_narrow_bf16(values, rows * weight.inner, narrow.assumingMemoryBound(to: UInt16.self))
    return narrow
  }
}
