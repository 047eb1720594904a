/// An op that computes each row of its output from the same row of its inputs, and so takes rows of any extent.
protocol RowWiseOperation: Operation {
  /// The same op over rows of another extent.
  func over(_ rows: RowExtent) -> any Operation
}

extension RowWiseOperation {
  func over(_ rows: RowExtent) -> any Operation { self }
}

extension Add: RowWiseOperation {}
extension Multiply: RowWiseOperation {}
extension Activation: RowWiseOperation {}
extension GatedActivation: RowWiseOperation {}
extension LayerNorm: RowWiseOperation {}
extension RMSNorm: RowWiseOperation {}
extension Softmax: RowWiseOperation {}
extension LogSoftmax: RowWiseOperation {}
extension Sigmoid: RowWiseOperation {}

extension Linear: RowWiseOperation {
  func over(_ rows: RowExtent) -> any Operation { of(weight: weight, bias: bias, rows: rows) }

  /// The same with other weights and rows.
  func of(weight: Parameter, bias: Parameter?, rows: RowExtent) -> Linear {
    var result = Linear(weight: weight, bias: bias, rows: rows)
    result.isRounded = isRounded
    result.activation = activation
    return result
  }
}
