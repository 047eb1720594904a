import SalienceJSON
import SalienceTokenizers

/// Parts of a text that the dataset names: what people marked in it, or what a method takes out.
public struct TextSpans: Sendable, Equatable {
  /// Half-open, in Unicode scalars of the text.
  public let spans: [Range<Int>]

  public init(_ spans: [Range<Int>]) { self.spans = spans }

  /// Reads a JSON list of pairs, `[[0, 4], [10, 17]]`: where each span begins, and the scalar behind its last.
  ///
  /// - Parameter name: what the spans are, for messages.
  /// - Returns: nil where nothing is said of the text.
  /// - Throws: `AttributionError` with code `example` where it is something else, or a span lies outside the text.
  public init?(parsing json: String?, of text: String, name: String) throws {
    guard let json, !json.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return nil }
    func fault(_ reason: String) -> AttributionError { AttributionError(.example, "the \(name) \(reason)") }
    guard let value = try? JSONValue(parsing: Array(json.utf8)), let pairs = value.arrayValue else {
      throw fault("is no list of [start, end] pairs")
    }
    let count = text.unicodeScalars.count
    spans = try pairs.map { pair in
      let ends = (pair.arrayValue ?? []).compactMap(\.intValue)
      guard ends.count == 2, pair.arrayValue?.count == 2 else { throw fault("is no list of [start, end] pairs") }
      guard 0 <= ends[0], ends[0] <= ends[1], ends[1] <= count else {
        throw fault("has a span from \(ends[0]) to \(ends[1]) in a text of \(count) scalars")
      }
      return ends[0]..<ends[1]
    }
  }

  /// Whether each of the text's own tokens overlaps a span, by the token's place; nil for other tokens.
  func flags(of encoding: Encoding) -> [Bool?] {
    encoding.ids.indices.map { token in
      guard !encoding.special[token], encoding.sequences[token] == 0, let own = encoding.offsets[token] else {
        return nil
      }
      return spans.contains { $0.overlaps(own) }
    }
  }

  /// The tokens that each span overlaps, different ones once, in the order of the spans.
  func tokens(of encoding: Encoding) -> [Range<Int>] {
    let own = encoding.ids.indices.filter { !encoding.special[$0] && encoding.sequences[$0] == 0 }
    var found: [Range<Int>] = []
    for span in spans {
      let inside = own.filter { encoding.offsets[$0]?.overlaps(span) == true }
      guard let first = inside.first, let last = inside.last else { continue }
      if !found.contains(first..<last + 1) { found.append(first..<last + 1) }
    }
    return found
  }
}
