import Yams

extension PipelineNode {
  /// Reads one YAML 1.1 document; an empty one is a mapping without entries.
  ///
  /// - Throws: `PipelineError.usage` naming `origin`'s file and the line.
  init(yaml: String, path: String) throws {
    do {
      try YAMLEvents.check(yaml)
      guard let node = try Yams.compose(yaml: yaml) else {
        self.init(value: .mapping([]), origin: .file(path, line: 1))
        return
      }
      try self.init(node) { .file(path, line: $0?.line ?? 1) }
    } catch let refusal as YAMLEvents.Refusal {
      throw PipelineError(.usage, refusal.message, at: "\(path):\(refusal.line)")
    } catch let error as YamlError {
      throw Self.usageError(error, path: path)
    }
  }

  /// Reads a value given with an option, as YAML, so that lists and numbers can be given.
  init(optionValue: String, option: String) throws {
    do {
      try YAMLEvents.check(optionValue)
      guard let node = try Yams.compose(yaml: optionValue) else {
        self.init(value: .null, origin: .option(option))
        return
      }
      try self.init(node) { _ in .option(option) }
    } catch let refusal as YAMLEvents.Refusal {
      throw PipelineError(.usage, refusal.message, at: option)
    } catch is YamlError {
      throw PipelineError(.usage, "the value is not YAML", at: option)
    }
  }

  private init(_ node: Yams.Node, origin: (Mark?) -> Origin) throws {
    self.origin = origin(node.mark)
    switch node {
    case .scalar(let scalar):
      let plain = scalar.style == .plain || scalar.style == .any
      let isNull = plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      value = isNull ? .null : .scalar(scalar.string, plain: plain)
    case .sequence(let sequence):
      value = .sequence(try sequence.map { try PipelineNode($0, origin: origin) })
    case .mapping(let mapping):
      value = .mapping(
        try mapping.map { key, value in
          guard case .scalar(let name) = key else {
            throw PipelineError(.usage, "a key must be a string", at: origin(key.mark).description)
          }
          return Entry(
            key: name.string, origin: origin(key.mark),
            value: try PipelineNode(value, origin: origin))
        })
    case .alias:
      throw PipelineError(.usage, "an alias without its anchor", at: self.origin.description)
    }
  }

  private static func usageError(_ error: YamlError, path: String) -> PipelineError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return PipelineError(.usage, "not YAML: \(problem)", at: "\(path):\(mark.line)")
    case .reader(let problem, _, _, _):
      return PipelineError(.usage, "not YAML: \(problem)", at: path)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
      return PipelineError(
        .usage, "key \(names) stands twice in one mapping", at: "\(path):\(context.mark.line)")
    default:
      return PipelineError(.usage, "not YAML", at: path)
    }
  }
}
