/// How many rows a value of a plan has, known only when a batch arrives.
public enum RowExtent: String, Sendable, Hashable {
  /// T: all tokens of the packed batch.
  case tokens
  /// B: the sequences of the packed batch.
  case sequences
}

/// Shape of a value of a plan: symbolic rows times a fixed width, row-major.
public struct ValueShape: Sendable, Hashable, CustomStringConvertible {
  public let rows: RowExtent
  public let width: Int

  public init(_ rows: RowExtent, _ width: Int) {
    self.rows = rows
    self.width = width
  }

  public var description: String { "[\(rows) x \(width)]" }
}

/// A value of a plan, numbered in the order of definition.
public struct ValueID: Sendable, Hashable, CustomStringConvertible {
  public let index: Int

  public init(_ index: Int) { self.index = index }

  public var description: String { "%\(index)" }
}

/// An integer input that every packed batch carries: one entry per token.
public enum IndexInput: String, Sendable, Hashable, CaseIterable {
  case wordIDs, positionIDs, typeIDs
}

/// A weight of the model: one tensor of the checkpoint, or several joined along the first axis.
///
/// Joining lets one product serve Q, K and V, which checkpoints store apart.
public struct Parameter: Sendable, Hashable, CustomStringConvertible {
  /// Tensor names in the checkpoint, joined in this order.
  public let pieces: [String]
  /// [rows, columns] of a matrix in `out x in` order, or [count] of a vector; after the transform.
  public let shape: [Int]
  /// What is made of each stored tensor.
  public let transform: ParameterTransform

  public init(_ pieces: [String], shape: [Int], transform: ParameterTransform = .none) {
    self.pieces = pieces
    self.shape = shape
    self.transform = transform
  }

  public init(_ name: String, shape: [Int], transform: ParameterTransform = .none) {
    self.init([name], shape: shape, transform: transform)
  }

  /// Elements in all.
  public var count: Int { shape.reduce(1, *) }

  public var description: String { pieces.joined(separator: "+") }
}
