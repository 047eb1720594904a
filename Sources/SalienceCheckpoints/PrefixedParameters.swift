import SalienceTensors

/// A checkpoint's tensors under the names that a model family asks for.
///
/// transformers stores a bare model without the prefix that the same model has inside a head's class (`wte.weight` for
/// `transformer.wte.weight`), and a custom checkpoint holds a whole model as a part of a larger one.
public struct PrefixedParameters: ParameterSource {
  private let source: any ParameterSource
  private let prefix: String
  private let base: String

  /// - Parameters:
  ///   - source: the stored tensors.
  ///   - prefix: what a custom checkpoint puts before every name; nil for nothing.
  ///   - base: the family's own prefix, which a bare model lacks; with its dot.
  public init(_ source: any ParameterSource, prefix: String? = nil, base: String) {
    self.source = source
    self.prefix = prefix ?? ""
    self.base = base
  }

  /// The name under which a tensor is stored; nil where there is none.
  ///
  /// The first that exists counts: with the custom prefix and without, each with the family's own prefix and without.
  public func storedName(of name: String) -> String? {
    let bare = !base.isEmpty && name.hasPrefix(base) ? String(name.dropFirst(base.count)) : name
    return [prefix + name, prefix + bare, name, bare].first { source.shape(of: $0) != nil }
  }

  public func shape(of name: String) -> [Int]? { storedName(of: name).flatMap(source.shape) }

  public func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    try source.read(storedName(of: name) ?? name, into: destination)
  }
}
