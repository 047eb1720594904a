/// Element type of a stored tensor.
public enum DType: String, Sendable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  /// Bytes an element takes.
  public var size: Int { self == .float32 ? 4 : 2 }
}

/// A checkpoint's named tensors, however they are stored.
///
/// F16 and BF16 are widened exactly.
public protocol ParameterSource: Sendable {
  /// Shape of the tensor, or nil where there is none of that name.
  func shape(of name: String) -> [Int]?

  /// Writes the tensor's elements in row-major order, widened to float32, into `destination`.
  ///
  /// - Throws: when there is no such tensor or `destination` has another count than the tensor.
  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws
}

extension Parameter {
  /// Checks names and shapes, for which nothing is read.
  ///
  /// - Throws: `TensorError` with code `parameter`, naming the tensor, where one is missing or shaped otherwise.
  public func validate(in source: any ParameterSource) throws { _ = try shapes(in: source) }

  /// How far along the axis that its transform cuts the parameter reaches into a stored tensor of a shape, and how long
  /// the axis is; nil where it takes the whole tensor.
  public func reach(into stored: [Int]) -> (end: Int, of: Int)? {
    switch transform {
    case .transposed(let outputs?): stored.count == 2 ? (outputs.upperBound, stored[1]) : nil
    case .elements(let range), .rows(let range): stored.isEmpty ? nil : (range.upperBound, stored[0])
    case .relativePositions(let table): stored.isEmpty ? nil : (2 * table.buckets.span, stored[0])
    case .none, .transposed(nil), .plusOne, .scaled: nil
    }
  }

  /// The shapes of the tensors, as they are stored and as they are joined.
  private func shapes(in source: any ParameterSource) throws -> (stored: [[Int]], made: [[Int]]) {
    let stored = try pieces.map { name in
      guard let stored = source.shape(of: name) else {
        throw TensorError(.parameter, "the checkpoint has no tensor \(name)")
      }
      return stored
    }
    let shapes = try zip(pieces, stored).map { name, stored in
      guard let shape = transform.shape(ofStored: stored), shape.count == self.shape.count,
        shape.dropFirst() == self.shape.dropFirst()
      else {
        throw TensorError(.parameter, "tensor \(name) is \(stored); \(transform.expectation(self.shape)) is expected")
      }
      return shape
    }
    guard shapes.reduce(0, { $0 + $1[0] }) == shape[0] else {
      let found = stored.count == 1 ? "\(stored[0])" : "\(stored)"
      throw TensorError(.parameter, "tensor \(self) is \(found); \(transform.expectation(shape)) is expected")
    }
    return (stored, shapes)
  }

  /// Elements of the joined tensors in row-major order, transformed.
  ///
  /// - Throws: `TensorError` with code `parameter`, naming the tensor, where one is missing or shaped otherwise.
  public func load(from source: any ParameterSource) throws -> [Float] {
    let (stored, shapes) = try shapes(in: source)
    return try [Float](unsafeUninitializedCapacity: count) { buffer, written in
      for (index, name) in pieces.enumerated() {
        let size = shapes[index].reduce(1, *)
        let part = UnsafeMutableBufferPointer(rebasing: buffer[written..<written + size])
        try transform.read(name, stored: stored[index], from: source, into: part)
        written += size
      }
    }
  }
}
