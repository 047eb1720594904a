import CYAML

/// Composes the nodes of one YAML 1.1 document from the events of libyaml.
///
/// Anchors and aliases are refused: a few hundred bytes of aliases to aliases stand for thousands of millions of
/// values. So is what is nested too deeply, which would exhaust the stack of whoever descends into it.
struct YAMLComposer {
  /// Why a text is not read.
  struct Failure: Error {
    /// Whether the text is YAML, of a kind that is refused.
    var isRefused = false
    /// From 1 on; nil where the text is no characters at all.
    var line: Int?
    var message: String
  }

  /// Collections within each other that are read; a pipeline has four.
  static let depth = 16

  private struct Event {
    enum Kind {
      case scalar(String, plain: Bool)
      case sequence, mapping, collectionEnd, documentStart, streamEnd, other
    }

    var kind: Kind
    var line: Int
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let origin: (_ line: Int) -> PipelineNode.Origin
  private var level = 0

  /// The document's node; nil where the text holds no document.
  ///
  /// - Parameter origin: where a line is, which is counted from 1.
  /// - Throws: `Failure`; `PipelineError.usage` for a key that is not a string.
  static func compose(_ yaml: String, origin: (_ line: Int) -> PipelineNode.Origin) throws -> PipelineNode? {
    if yaml.isEmpty { return nil }
    var yaml = yaml
    return try withoutActuallyEscaping(origin) { origin in
      try yaml.withUTF8 { bytes in
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw Failure(message: "") }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        var composer = YAMLComposer(parser: parser, origin: origin)
        return try composer.document()
      }
    }
  }

  private init(parser: UnsafeMutablePointer<yaml_parser_t>, origin: @escaping (_ line: Int) -> PipelineNode.Origin) {
    self.parser = parser
    self.origin = origin
  }

  private mutating func document() throws -> PipelineNode? {
    var root: PipelineNode?
    while true {
      let event = try next()
      switch event.kind {
      case .streamEnd: return root
      case .documentStart where root == nil: root = try node(try next())
      case .documentStart: throw Failure(line: event.line, message: "but found another document")
      default: break
      }
    }
  }

  private mutating func node(_ event: Event) throws -> PipelineNode {
    let value: PipelineNode.Value
    switch event.kind {
    case .scalar(let text, let plain):
      let isNull = plain && ["", "~", "null", "Null", "NULL"].contains(text)
      value = isNull ? .null : .scalar(text, plain: plain)
    case .sequence:
      var elements: [PipelineNode] = []
      while let event = try nextInCollection() { elements.append(try node(event)) }
      value = .sequence(elements)
    default: value = .mapping(try entries())
    }
    return PipelineNode(value: value, origin: origin(event.line))
  }

  private mutating func entries() throws -> [PipelineNode.Entry] {
    var entries: [PipelineNode.Entry] = []
    var lines: [String: [Int]] = [:]
    while let event = try nextInCollection() {
      guard case .scalar(let key, _) = event.kind else {
        throw PipelineError(.usage, "a key must be a string", at: origin(event.line).description)
      }
      lines[key, default: []].append(event.line)
      entries.append(PipelineNode.Entry(key: key, origin: origin(event.line), value: try node(try next())))
    }
    let duplicates = lines.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
    if let first = duplicates.first {
      let names = duplicates.map { "'\($0.key)'" }.joined(separator: ", ")
      throw Failure(isRefused: true, line: first.value[0], message: "key \(names) stands twice in one mapping")
    }
    return entries
  }

  /// The next event of a collection; nil at its end.
  private mutating func nextInCollection() throws -> Event? {
    let event = try next()
    if case .collectionEnd = event.kind { return nil }
    return event
  }

  private mutating func next() throws -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    let line = event.start_mark.line + 1
    var (kind, anchor): (Event.Kind, UnsafeMutablePointer<yaml_char_t>?) = (.other, nil)
    switch event.type {
    case YAML_ALIAS_EVENT: anchor = event.data.alias.anchor
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      anchor = scalar.anchor
      kind = .scalar(
        String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self),
        plain: scalar.style == YAML_PLAIN_SCALAR_STYLE || scalar.style == YAML_ANY_SCALAR_STYLE)
    case YAML_SEQUENCE_START_EVENT: (kind, anchor, level) = (.sequence, event.data.sequence_start.anchor, level + 1)
    case YAML_MAPPING_START_EVENT: (kind, anchor, level) = (.mapping, event.data.mapping_start.anchor, level + 1)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: (kind, level) = (.collectionEnd, level - 1)
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_STREAM_END_EVENT: kind = .streamEnd
    default: break
    }
    if let anchor {
      let name = String(cString: anchor).prefix(32)
      throw Failure(
        isRefused: true, line: line,
        message: "anchors and aliases are not read: write out what '\(name)' stands for")
    }
    if level > Self.depth { throw Failure(isRefused: true, line: line, message: "nested too deeply") }
    return Event(kind: kind, line: line)
  }

  /// libyaml's own words.
  private func failure() -> Failure {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? ""
    switch parser.pointee.error {
    case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
      return Failure(line: parser.pointee.problem_mark.line + 1, message: problem)
    default: return Failure(message: problem)
    }
  }
}
