import SalienceAttribution
import Testing

/// Spans of a text as datasets write them.
@Suite struct TextSpansTests {
  private func spans(_ json: String?, of text: String) throws -> [Range<Int>]? {
    try TextSpans(parsing: json, of: text, name: "rationale")?.spans
  }

  @Test func readsPairs() throws {
    #expect(try spans("[[0, 4], [10,10], [2, 11]]", of: "a fine film") == [0..<4, 10..<10, 2..<11])
    #expect(try spans("[]", of: "a") == [])
    #expect(try spans(nil, of: "a") == nil && spans(" ", of: "a") == nil)
    // Scalars, and not characters or bytes.
    #expect(try spans("[[0,3]]", of: "e\u{301}👍") == [0..<3])
  }

  @Test(arguments: [
    ("[[0,5]]", "has a span from 0 to 5 in a text of 4 scalars"), ("[[3,2]]", "has a span from 3 to 2"),
    ("[[-1,2]]", "has a span from -1 to 2"), ("[[0]]", "is no list of [start, end] pairs"),
    ("[[0,1,2]]", "is no list of [start, end] pairs"), ("[0,1]", "is no list of [start, end] pairs"),
    ("[[0,1.5]]", "is no list of [start, end] pairs"), ("good", "is no list of [start, end] pairs"),
    ("{\"a\": 1}", "is no list of [start, end] pairs"),
  ])
  func faultsAreNamed(_ json: String, _ message: String) throws {
    let error = try #require(throws: AttributionError.self) { try spans(json, of: "text") }
    #expect(error.code == .example && error.message.contains(message), "\(error)")
  }
}
