/// A value of a pipeline file, before it is given a meaning, with the place it came from.
struct PipelineNode: Sendable {
  enum Value: Sendable {
    case null
    /// `plain` where the text stands without quotes, so that it may be a number or a truth value.
    case scalar(String, plain: Bool)
    case sequence([PipelineNode])
    case mapping([Entry])
  }

  /// Where a value was written.
  enum Origin: Sendable, Equatable {
    case file(String, line: Int)
    case option(String)

    var description: String {
      switch self {
      case .file(let path, let line): "\(path):\(line)"
      case .option(let option): option
      }
    }
  }

  struct Entry: Sendable {
    let key: String
    let origin: Origin
    var value: PipelineNode
  }

  var value: Value
  var origin: Origin

  /// The kind of value, for messages, or a number or truth value itself; a text may be secret or long.
  var kind: String {
    switch value {
    case .null: "nothing"
    case .scalar("", _): "an empty string"
    case .scalar(_, plain: false): "a quoted string"
    case .scalar(let text, plain: true):
      if Double(text) != nil || text == "true" || text == "false" {
        String(text.prefix(32))
      } else {
        "a string"
      }
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  var isNull: Bool {
    if case .null = value { true } else { false }
  }
}
