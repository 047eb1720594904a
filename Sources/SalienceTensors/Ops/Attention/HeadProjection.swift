/// A linear layer of each head for itself: y_h = x_h · W_hᵀ + bias_h, or, transposed, y_h = x_h · W_h.
///
/// W [A·D x C] holds a head's D rows W_h one after another, as a linear layer to A heads of size D does. Input [B x A·C]
/// gives [B x A·D]; transposed, [B x A·D] gives [B x A·C], without a bias. Operands are float32 in every precision.
public struct HeadProjection: Operation {
  public let weight: Parameter
  public let bias: Parameter?
  public let heads: Int
  public let isTransposed: Bool

  public var name: String { isTransposed ? "head_projection_transposed" : "head_projection" }
  public var parameters: [Parameter] { [weight] + (bias.map { [$0] } ?? []) }
  public var linearity: Linearity { bias == nil ? .linear : .affine }

  public func outputShapes(_ inputs: [ValueShape]) throws -> [ValueShape] {
    try expect(inputs, 1...1)
    guard heads > 0, weight.shape.count == 2, weight.shape[0] > 0, weight.shape[0] % heads == 0,
      inputs[0].width == (isTransposed ? weight.shape[0] : heads * weight.shape[1])
    else {
      throw TensorError(
        .shape, "\(name) of \(weight) \(weight.shape) with \(heads) heads does not take \(inputs[0])")
    }
    if let bias, isTransposed || bias.shape != [weight.shape[0]] {
      throw TensorError(.shape, "\(bias) \(bias.shape) does not fit \(name) of \(weight) \(weight.shape)")
    }
    return [ValueShape(inputs[0].rows, isTransposed ? heads * weight.shape[1] : weight.shape[0])]
  }

  public func differentiate(
    inputs: [ValueID], outputs: [ValueID], gradient: ValueID, in plan: inout Plan
  ) throws -> [ValueID?] {
    let adjoint = HeadProjection(weight: weight, bias: nil, heads: heads, isTransposed: !isTransposed)
    return [try plan.apply(adjoint, [gradient])[0]]
  }

  public func encode(inputs: [Handle], outputs: [Handle?], on kernels: any Kernels) throws {
    try kernels.headProjection(
      inputs[0], weight: weight, bias: bias, heads: heads, isTransposed: isTransposed, output: primary(outputs))
  }

  public func flops(_ sizes: BatchSizes, inputs: [ValueShape]) -> Int { 2 * sizes.rows(inputs[0].rows) * weight.count }
}

public protocol HeadProjectionKernels {
  /// output = x_h · W_hᵀ + bias_h for each head h; x_h · W_h where `isTransposed`, and then there is no bias.
  func headProjection(
    _ x: Handle, weight: Parameter, bias: Parameter?, heads: Int, isTransposed: Bool, output: Handle) throws
}

extension Plan {
  public mutating func headProjection(
    _ x: ValueID, weight: Parameter, bias: Parameter? = nil, heads: Int, isTransposed: Bool = false
  ) throws -> ValueID {
    try apply(HeadProjection(weight: weight, bias: bias, heads: heads, isTransposed: isTransposed), [x])[0]
  }
}
