/// The training rows with the highest and the lowest scores for one row, each list best first.
///
/// Of equal scores the row that comes first in the training data stands first.
public struct InfluentialRows: Sendable, Equatable {
  /// A training row and its score.
  public struct Entry: Sendable, Equatable {
    public let row: Int64
    public let score: Double

    public init(row: Int64, score: Double) {
      self.row = row
      self.score = score
    }
  }

  /// Most entries of a list.
  public let count: Int
  public private(set) var highest: [Entry] = []
  public private(set) var lowest: [Entry] = []

  public init(count: Int) { self.count = count }

  /// Takes a further row, which comes after those that were taken before.
  mutating func add(_ row: Int64, _ score: Double) {
    Self.add(Entry(row: row, score: score), to: &highest, count: count) { $0 >= $1 }
    Self.add(Entry(row: row, score: score), to: &lowest, count: count) { $0 <= $1 }
  }

  private static func add(
    _ entry: Entry, to list: inout [Entry], count: Int, stays: (_ known: Double, _ new: Double) -> Bool
  ) {
    if list.count >= count, let last = list.last {
      if stays(last.score, entry.score) { return }
      list.removeLast()
    }
    var place = list.count
    while place > 0, !stays(list[place - 1].score, entry.score) { place -= 1 }
    list.insert(entry, at: place)
  }
}
