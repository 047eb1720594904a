/// A value given on the command line that takes the place of one in the pipeline file.
public struct PipelineOverride: Sendable, Equatable {
  /// The option as the user typed it, for messages.
  public let option: String
  /// Keys and list positions from the root of the file.
  public let path: [String]
  /// The values as YAML; several make a list.
  public let values: [String]

  /// - Parameters:
  ///   - option: as typed, such as `--device vulkan:1`.
  ///   - path: keys with dots between them, such as `output.directory`.
  ///   - values: one value, or the elements of a list.
  public init(option: String, path: String, values: [String]) {
    self.option = option
    self.path = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    self.values = values
  }

  /// Reads the argument of `--set`.
  ///
  /// - Parameter argument: `KEY=VALUE`, such as `methods.0.steps=20`.
  /// - Throws: `PipelineError.usage` where there is no key.
  public init(set argument: String) throws {
    let option = "--set \(argument)"
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let key = parts.first, !key.isEmpty else {
      throw PipelineError(.usage, "expected KEY=VALUE, as in methods.0.steps=20", at: option)
    }
    self.init(option: option, path: String(key), values: [String(parts[1])])
    guard !path.contains("") else { throw PipelineError(.usage, "an empty key between dots", at: option) }
  }

  /// The value as a node, whose origin is the option.
  func node(quoted: Bool) throws -> PipelineNode {
    let origin = PipelineNode.Origin.option(option)
    func single(_ text: String) throws -> PipelineNode {
      quoted
        ? PipelineNode(value: .scalar(text, plain: true), origin: origin)
        : try PipelineNode(optionValue: text, option: option)
    }
    if values.count == 1 { return try single(values[0]) }
    return PipelineNode(value: .sequence(try values.map(single)), origin: origin)
  }
}

extension PipelineNode {
  /// Puts an override's value in its place; mappings on the way that do not exist are made.
  ///
  /// - Throws: `PipelineError.usage` naming the option.
  mutating func apply(_ override: PipelineOverride) throws {
    // What `--set` is given is YAML; the argument of any other option, a path for example, is taken as it is.
    let node = try override.node(quoted: !override.option.hasPrefix("--set "))
    try replace(override.path[...], with: node, option: override.option, trail: [])
  }

  private mutating func replace(
    _ path: ArraySlice<String>, with node: PipelineNode, option: String, trail: [String]
  ) throws {
    guard let key = path.first else {
      self = node
      return
    }
    let rest = path.dropFirst()
    func missing() -> PipelineNode { PipelineNode(value: .null, origin: .option(option)) }
    switch value {
    case .mapping(var entries):
      let index = entries.firstIndex { $0.key == key } ?? entries.count
      if index == entries.count { entries.append(Entry(key: key, origin: .option(option), value: missing())) }
      try entries[index].value.replace(rest, with: node, option: option, trail: trail + [key])
      value = .mapping(entries)
    case .null:
      var entry = Entry(key: key, origin: .option(option), value: missing())
      try entry.value.replace(rest, with: node, option: option, trail: trail + [key])
      value = .mapping([entry])
    case .sequence(var elements):
      let place = trail.joined(separator: ".")
      guard let index = Int(key), elements.indices.contains(index) else {
        let last = elements.count - 1
        throw PipelineError(.usage, "'\(place)' is a list with positions 0 to \(last), not '\(key)'", at: option)
      }
      try elements[index].replace(rest, with: node, option: option, trail: trail + [key])
      value = .sequence(elements)
    case .scalar:
      throw PipelineError(.usage, "'\(trail.joined(separator: "."))' has no key '\(key)'", at: option)
    }
  }
}
