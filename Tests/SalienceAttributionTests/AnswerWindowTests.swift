import Foundation
import SalienceAttribution
import SalienceTestSupport
import SalienceTokenizers
import Testing

@Suite struct AnswerWindowTests {
  private static let folder = Repository.fixtures.appending(path: "families/bert-question-answering").path

  private func windows(stride: Int, maxLength: Int = 64) throws -> [Encoding] {
    let context = (0..<200).map { "\($0 % 10)" }.joined(separator: " ")
    return try QuestionAnswering(stride: stride).windows(
      of: "?", pair: context, tokenizer: Tokenizer(directory: Self.folder), maxLength: maxLength)
  }

  /// Positions of each window's first and last token of the context.
  private func ends(_ windows: [Encoding]) throws -> [(Int, Int)] {
    try windows.map { window in
      let places = window.sequences.indices.filter { window.sequences[$0] == 1 }.compactMap { window.offsets[$0] }
      return (try #require(places.first).lowerBound / 2, try #require(places.last).lowerBound / 2)
    }
  }

  @Test func windowsShareTheStride() throws {
    // [CLS] ? [SEP] and [SEP] leave room for 60 of 64.
    let ends = try ends(windows(stride: 20))
    #expect(ends.map(\.0) == [0, 40, 80, 120, 160])
    #expect(ends.map(\.1) == [59, 99, 139, 179, 199])
  }

  /// A stride as long as a window, which the default is for a short `max_length`, would move on by one token at a time.
  @Test(arguments: [32, 33, 59, 60, 128, 10_000]) func windowsShareHalfAtMost(_ stride: Int) throws {
    let ends = try ends(windows(stride: stride))
    #expect(ends.map(\.0) == [0, 28, 56, 84, 112, 140])
    #expect(ends.last?.1 == 199)
  }

  @Test func everyWindowMovesOn() throws {
    #expect(try windows(stride: 128, maxLength: 5).count == 200)
    #expect(throws: AttributionError.self) { try windows(stride: 128, maxLength: 4) }
  }
}
