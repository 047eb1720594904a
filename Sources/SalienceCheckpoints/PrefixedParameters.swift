import SalienceTensors

/// A checkpoint's tensors under the names that a model family asks for.
///
/// transformers stores a bare model without the prefix that the same model has inside a head's class (`wte.weight` for
/// `transformer.wte.weight`), and a custom checkpoint holds a whole model as a part of a larger one. Checkpoints that
/// began as TensorFlow's call a layer norm's vectors `gamma` and `beta`, and of tensors that are one and the same a file
/// may hold any one.
public struct PrefixedParameters: ParameterSource {
  private let source: any ParameterSource
  private let prefix: String
  private let base: String
  private let sameNames: [[String]]

  /// - Parameters:
  ///   - source: the stored tensors.
  ///   - prefix: what a custom checkpoint puts before every name; nil for nothing.
  ///   - base: the family's own prefix, which a bare model lacks; with its dot.
  ///   - sameNames: names, each list of which stands for one tensor; any of them will do where the one asked for is not
  ///     there.
  public init(
    _ source: any ParameterSource, prefix: String? = nil, base: String, sameNames: [[String]] = []
  ) {
    self.source = source
    self.prefix = prefix ?? ""
    self.base = base
    self.sameNames = sameNames
  }

  /// The name under which a tensor is stored; nil where there is none.
  ///
  /// The first that exists counts: with the custom prefix and without, each with the family's own prefix and without;
  /// then the same under the older name of a layer norm's vector, then under other names of the same tensor.
  public func storedName(of name: String) -> String? {
    let others = sameNames.first { $0.contains(name) } ?? []
    return ([name] + others).lazy.compactMap(storedName(ofExactly:)).first
  }

  /// As `storedName(of:)`, without other names of the same tensor.
  public func storedName(ofExactly name: String) -> String? {
    [name, Self.olderName(of: name)].lazy.compactMap(\.self).flatMap { name in
      let bare = !base.isEmpty && name.hasPrefix(base) ? String(name.dropFirst(base.count)) : name
      return [prefix + name, prefix + bare, name, bare]
    }.first { source.shape(of: $0) != nil }
  }

  private static func olderName(of name: String) -> String? {
    for (new, old) in [("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")]
    where name.hasSuffix(new) {
      return name.dropLast(new.count) + old
    }
    return nil
  }

  public func shape(of name: String) -> [Int]? { storedName(of: name).flatMap(source.shape) }

  public func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    try source.read(storedName(of: name) ?? name, into: destination)
  }
}
