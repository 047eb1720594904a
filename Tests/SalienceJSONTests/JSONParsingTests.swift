import SalienceJSON
import Testing

@Suite struct JSONParsingTests {
  @Test func readsEveryKindOfValue() throws {
    let value = try JSONValue(parsing: #" {"a":[1,-0.5e+3,true,false,null],"b":{"":"x"},"c":[],"d":{}} "#)
    #expect(value["a"]?.arrayValue == [.number("1"), .number("-0.5e+3"), true, false, nil])
    #expect(value["a"]?[1]?.doubleValue == -500)
    #expect(value["b"]?[""]?.stringValue == "x")
    #expect(value["c"]?.arrayValue == [])
    #expect(value["d"]?.objectValue == [])
    #expect(value["e"] == nil)
    #expect(value.objectValue?.map(\.name) == ["a", "b", "c", "d"])
  }

  @Test func decodesEscapes() throws {
    let value = try JSONValue(parsing: #""\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\ud83d\ude00\u0000é€😀""#)
    let expected: [Unicode.Scalar] = [
      "\"", "\\", "/", "\u{8}", "\u{c}", "\n", "\r", "\t", "A", "é", "€", "😀", "\0", "é", "€", "😀",
    ]
    #expect(value.stringValue.map { Array($0.unicodeScalars) } == expected)
  }

  @Test(arguments: [
    ("", 0), (" ", 1), ("nul", 0), ("nulL", 0), ("[1,]", 3), ("[1 2]", 3), ("{,}", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5),
    (#"{"a":1,}"#, 7), ("{1:2}", 1), ("01", 1), ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1e", 2), ("1e+", 3),
    ("0x1", 1), ("NaN", 0), ("Infinity", 0), ("'a'", 0), (#""a"#, 2), ("\"a\nb\"", 2), (#""\x""#, 1), (#""\u12g4""#, 1),
    (#""\"#, 1), ("1 2", 2), ("[1]]", 3), ("[", 1), ("{", 1), ("// x\n1", 0), ("\u{FEFF}1", 0), ("\u{A0}1", 0),
    ("1\0", 1), ("\0", 0), (#""\u12"#, 1), (#""\u"#, 1), (#"{"a":1 "b":2}"#, 7),
  ])
  func rejectsSyntax(text: String, offset: Int) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.offset == offset)
  }

  @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud83dx""#, #""\ud83d\n""#, #""\ud83d\u0041""#, #""\ude00\ud83d""#])
  func rejectsLoneSurrogates(text: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    #expect(error?.code == .encoding)
    #expect(error?.offset == 1)
  }

  @Test func acceptsExactlyTheUTF8ThatSwiftAccepts() throws {
    // Every two-byte combination and a sweep of the boundaries of three and four bytes.
    let edges: [UInt8] = [0x22, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xE0, 0xFF]
    var checked = 0
    for first in UInt8(0x80)...0xFF {
      for second in edges {
        for third in edges {
          for fourth in edges {
            let inner = [first, second, third, fourth]
            if inner.contains(0x22) { continue }
            let expected = String(validating: inner, as: UTF8.self)
            let parsed = try? JSONValue(parsing: [0x22] + inner + [0x22]).stringValue
            #expect(parsed == expected)
            checked += 1
          }
        }
      }
    }
    #expect(checked > 100_000)
  }

  @Test func limitsDepth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(64)) }
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: nested(65)) }
    #expect(error?.code == .depth)
    let endless = String(repeating: "[{\"a\":", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: endless) }
    #expect(throws: Never.self) { try JSONValue(parsing: nested(3), maximumDepth: 3) }
  }

  @Test func treatsDuplicateNamesAsAsked() throws {
    let text = #"{"a":1,"b":2,"\u0061":3}"#
    #expect(try JSONValue(parsing: text)["a"]?.intValue == 3)
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text, rejectingDuplicateNames: true) }
    #expect(error?.code == .duplicateName)
    #expect(error?.offset == 13)
  }

  @Test func tellsCanonicallyEquivalentNamesApart() throws {
    let value = try JSONValue(parsing: #"{"\u00e9":1,"e\u0301":2}"#, rejectingDuplicateNames: true)
    #expect(value["\u{e9}"]?.intValue == 1)
    #expect(value["e\u{301}"]?.intValue == 2)
  }

  @Test func survivesEveryTruncation() throws {
    let text = Array(#"{"a":[1.5e3,"\ud83d\ude00é",null,{"b":true}]}"#.utf8)
    for length in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text[..<length])) }
    }
  }

  @Test func readsAVocabulary() throws {
    let members = (0..<60_000).map { "\"tok\($0)é\": \($0)" }.joined(separator: ",\n  ")
    let text = Array("{\"model\": {\"vocab\": {\(members)}}}".utf8)
    let value = try JSONValue(parsing: text, rejectingDuplicateNames: true)
    #expect(value["model"]?["vocab"]?.objectValue?.count == 60_000)
  }
}
