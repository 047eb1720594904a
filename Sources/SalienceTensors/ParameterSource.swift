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
