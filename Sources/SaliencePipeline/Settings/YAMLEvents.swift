import CYaml

/// A look at a YAML document before it is composed, without memory that grows with it.
///
/// A few hundred bytes of aliases to aliases stand for thousands of millions of values, and brackets in brackets exhaust
/// the stack of whoever descends into them.
enum YAMLEvents {
  /// What is refused, and its line from 1 on.
  struct Refusal: Error {
    let line: Int
    let message: String
  }

  /// Collections within each other that are read; a pipeline has four.
  static let depth = 16

  /// - Throws: `Refusal` at the first anchor, alias or level too deep. What is no YAML passes: composing it tells why.
  static func check(_ yaml: String) throws {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { return }
    defer { yaml_parser_delete(&parser) }
    var yaml = yaml
    try yaml.withUTF8 { bytes in
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      var (level, isAtEnd) = (0, false)
      while !isAtEnd {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else { return }
        defer { yaml_event_delete(&event) }
        let anchor: UnsafeMutablePointer<yaml_char_t>?
        switch event.type {
        case YAML_ALIAS_EVENT: anchor = event.data.alias.anchor
        case YAML_SCALAR_EVENT: anchor = event.data.scalar.anchor
        case YAML_SEQUENCE_START_EVENT: (anchor, level) = (event.data.sequence_start.anchor, level + 1)
        case YAML_MAPPING_START_EVENT: (anchor, level) = (event.data.mapping_start.anchor, level + 1)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: (anchor, level) = (nil, level - 1)
        case YAML_STREAM_END_EVENT: (anchor, isAtEnd) = (nil, true)
        default: anchor = nil
        }
        let line = event.start_mark.line + 1
        if let anchor {
          let name = String(cString: anchor).prefix(32)
          throw Refusal(
            line: line, message: "anchors and aliases are not read: write out what '\(name)' stands for")
        }
        if level > depth { throw Refusal(line: line, message: "nested too deeply") }
      }
    }
  }
}
