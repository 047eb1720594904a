/// What a program with taps gives at one end of a path.
public struct TappedOutputs: Sendable, Equatable {
  /// F [C]; of each token [T x C] where the program reads every token's row.
  public let outputs: [Float]
  /// The values inside the model, one per tap of the program, in its order.
  public let values: [TokenRows]
  /// For each row of cotangents, the gradients towards the values that the program gives gradients of, in its order.
  public let gradients: [[TokenRows]]

  public init(outputs: [Float], values: [TokenRows], gradients: [[TokenRows]] = []) {
    self.outputs = outputs
    self.values = values
    self.gradients = gradients
  }
}

/// A row of numbers for each token of a sequence, or one for the whole sequence.
public struct TokenRows: Sendable, Equatable {
  /// Numbers per row.
  public let width: Int
  /// [rows x width], row-major.
  public let elements: [Float]

  public init(width: Int, elements: [Float]) {
    self.width = width
    self.elements = elements
  }
}
