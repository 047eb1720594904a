extension JSONValue {
  /// The value as JSON text: the same value gives the same text everywhere.
  ///
  /// Members keep their order and numbers their text. Only what RFC 8259 demands is escaped, so the text must be
  /// escaped again before it goes into HTML.
  /// - Parameter pretty: one element per line with two spaces of indentation and a space after each colon; else no
  ///   white space at all. Neither form ends in a newline.
  public func text(pretty: Bool = false) -> String {
    var output: [UInt8] = []
    write(to: &output, indentation: pretty ? 0 : nil)
    return String(decoding: output, as: UTF8.self)
  }

  private func write(to output: inout [UInt8], indentation: Int?) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): output.append(contentsOf: text.utf8)
    case .string(let text): Self.writeQuoted(text, to: &output)
    case .array(let elements):
      Self.writeList(elements, between: ("[", "]"), to: &output, indentation: indentation) { element, inner, output in
        element.write(to: &output, indentation: inner)
      }
    case .object(let members):
      Self.writeList(members, between: ("{", "}"), to: &output, indentation: indentation) { member, inner, output in
        Self.writeQuoted(member.name, to: &output)
        output.append(UInt8(ascii: ":"))
        if inner != nil { output.append(UInt8(ascii: " ")) }
        member.value.write(to: &output, indentation: inner)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: [Element], between ends: (open: String, close: String), to output: inout [UInt8], indentation: Int?,
    writing: (Element, Int?, inout [UInt8]) -> Void
  ) {
    output.append(contentsOf: ends.open.utf8)
    for (position, element) in elements.enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      breakLine(in: &output, indentation: indentation.map { $0 + 1 })
      writing(element, indentation.map { $0 + 1 }, &output)
    }
    if !elements.isEmpty { breakLine(in: &output, indentation: indentation) }
    output.append(contentsOf: ends.close.utf8)
  }

  private static func breakLine(in output: inout [UInt8], indentation: Int?) {
    guard let indentation else { return }
    output.append(0x0A)
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indentation))
  }

  private static func writeQuoted(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(contentsOf: [UInt8(ascii: "\\"), byte])
      case 0x08: output.append(contentsOf: "\\b".utf8)
      case 0x09: output.append(contentsOf: "\\t".utf8)
      case 0x0A: output.append(contentsOf: "\\n".utf8)
      case 0x0C: output.append(contentsOf: "\\f".utf8)
      case 0x0D: output.append(contentsOf: "\\r".utf8)
      case 0..<0x20:
        output.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
        output.append(contentsOf: String(byte, radix: 16).utf8)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
