import SalienceAttribution
import Testing

/// What people marked in a text.
@Suite struct RationaleTests {
  @Test func readsPairs() throws {
    #expect(try Rationale(parsing: "[[0, 4], [10,10], [2, 11]]", of: "a fine film")?.spans == [0..<4, 10..<10, 2..<11])
    #expect(try Rationale(parsing: "[]", of: "a")?.spans == [])
    #expect(try Rationale(parsing: nil, of: "a") == nil && Rationale(parsing: " ", of: "a") == nil)
    // Scalars, and not characters or bytes.
    #expect(try Rationale(parsing: "[[0,3]]", of: "e\u{301}👍")?.spans == [0..<3])
  }

  @Test(arguments: [
    ("[[0,5]]", "has a span from 0 to 5 in a text of 4 scalars"), ("[[3,2]]", "has a span from 3 to 2"),
    ("[[-1,2]]", "has a span from -1 to 2"), ("[[0]]", "is no list of [start, end] pairs"),
    ("[[0,1,2]]", "is no list of [start, end] pairs"), ("[0,1]", "is no list of [start, end] pairs"),
    ("[[0,1.5]]", "is no list of [start, end] pairs"), ("good", "is no list of [start, end] pairs"),
    ("{\"a\": 1}", "is no list of [start, end] pairs"),
  ])
  func faultsAreNamed(_ json: String, _ message: String) throws {
    let error = try #require(throws: AttributionError.self) { try Rationale(parsing: json, of: "text") }
    #expect(error.code == .example && error.message.contains(message), "\(error)")
  }
}
