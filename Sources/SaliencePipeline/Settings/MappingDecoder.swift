import SalienceAttribution
import SalienceDatasets
import SalienceFoundation

/// Reads the keys of one mapping of a pipeline file, each with the type it must have.
struct MappingDecoder {
  private let entries: [PipelineNode.Entry]
  let origin: PipelineNode.Origin
  /// Keys from the root to this mapping, with dots between them; empty at the root.
  let path: String

  /// Where keys belong that are often written at the top of the file or as `--set steps=20`.
  private static var places: [String: String] {
    // A key of several parts belongs in the first of them.
    let parts: KeyValuePairs = [
      "methods.0": MethodRegistry.settings.map(\.key),
      "dataset": ["path", "columns", "max_length", "over_long"],
      "faithfulness": ["metrics", "samples", "top"],
      "output": ["directory", "formats", "compression", "text", "words"],
      "generation": ["max_new_tokens", "temperature", "top_k", "top_p", "seed"],
    ]
    var places: [String: String] = [:]
    for (part, keys) in parts { for key in keys { places[key] = places[key] ?? "\(part).\(key)" } }
    return places
  }

  /// - Throws: `PipelineError.usage` where `node` is no mapping or has a key that is none of `keys`.
  init(_ node: PipelineNode, path: String, keys: [String]) throws {
    guard case .mapping(let entries) = node.value else {
      throw Self.mismatch(node, path: path, expected: "a mapping with the keys \(keys.joined(separator: ", "))")
    }
    for entry in entries where !keys.contains(entry.key) {
      let place = path.isEmpty ? "" : " in '\(path)'"
      let elsewhere = path.isEmpty ? Self.places[entry.key].map { "; its place is \($0)" } : nil
      let hint = elsewhere ?? NearestName.hintOrList(for: entry.key, among: keys)
      throw PipelineError(.usage, "unknown key '\(entry.key)'\(place)\(hint)", at: entry.origin.description)
    }
    self.entries = entries
    self.path = path
    origin = node.origin
  }

  static func mismatch(_ node: PipelineNode, path: String, expected: String) -> PipelineError {
    let name = path.isEmpty ? "the pipeline" : "'\(path)'"
    return PipelineError(.usage, "\(name) must be \(expected), not \(node.kind)", at: node.origin.description)
  }

  /// The full name of a key of this mapping.
  func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The node under a key; nil where it is absent or null.
  func node(_ key: String) -> PipelineNode? {
    entries.last { $0.key == key && !$0.value.isNull }?.value
  }

  /// An error about the value of a key.
  func fault(_ key: String, _ message: String) -> PipelineError {
    PipelineError(.usage, "'\(name(key))' \(message)", at: (node(key)?.origin ?? origin).description)
  }

  func required(_ key: String) throws -> PipelineNode {
    guard let node = node(key) else {
      throw PipelineError(.usage, "the key '\(name(key))' is required", at: origin.description)
    }
    return node
  }

  func string(_ key: String) throws -> String? {
    try node(key).map { try Self.string($0, path: name(key)) }
  }

  static func string(_ node: PipelineNode, path: String) throws -> String {
    guard case .scalar(let text, _) = node.value, !text.isEmpty else {
      throw mismatch(node, path: path, expected: "a string")
    }
    guard !text.unicodeScalars.contains("\0") else {
      throw PipelineError(.usage, "'\(path)' must not hold a null character", at: node.origin.description)
    }
    return text
  }

  func bool(_ key: String) throws -> Bool? {
    guard let node = node(key) else { return nil }
    switch node.value {
    case .scalar("true", plain: true): return true
    case .scalar("false", plain: true): return false
    default: throw Self.mismatch(node, path: name(key), expected: "true or false")
    }
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let node = node(key) else { return nil }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .scalar(let text, plain: true) = node.value, let value = Int(text) else {
      throw Self.mismatch(node, path: name(key), expected: expected)
    }
    guard range.contains(value) else { throw fault(key, "must be \(expected), not \(value)") }
    return value
  }

  func positiveNumber(_ key: String) throws -> Double? {
    guard let node = node(key) else { return nil }
    guard case .scalar(let text, plain: true) = node.value, let value = Double(text), value.isFinite, value > 0 else {
      throw Self.mismatch(node, path: name(key), expected: "a number above 0")
    }
    return value
  }

  /// A list, or one value that stands for a list of one.
  func list(_ key: String) -> [PipelineNode]? {
    guard let node = node(key) else { return nil }
    if case .sequence(let elements) = node.value { return elements }
    return [node]
  }

  func strings(_ key: String) throws -> [String]? {
    try list(key)?.map { try Self.string($0, path: name(key)) }
  }

  /// One of the names an enumeration has.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) throws -> Choice?
  where Choice.RawValue == String {
    try node(key).map { try Self.choice($0, path: name(key), type) }
  }

  static func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: PipelineNode, path: String, _ type: Choice.Type
  ) throws -> Choice where Choice.RawValue == String {
    let text = try string(node, path: path)
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    let hint = NearestName.hint(for: text, among: names)
    throw PipelineError(
      .usage, "'\(path)' must be one of \(names.joined(separator: ", ")), not '\(text)'\(hint)",
      at: node.origin.description)
  }
}
