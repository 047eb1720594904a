/// The units one of several processes works on.
public struct UnitShard: Sendable, Equatable {
  /// 1-based.
  public let number: Int
  public let count: Int

  public init?(number: Int, count: Int) {
    guard count >= 1, count <= 1_000_000, (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }

  /// Reads `K/N`.
  ///
  /// - Throws: `PipelineError.usage`.
  public init(parsing text: String) throws {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1],
      let shard = UnitShard(number: number, count: count)
    else {
      throw PipelineError(.usage, "expected K/N with K from 1 to N, not '\(text)'", at: "--shard")
    }
    self = shard
  }

  /// Whether the unit at `index` is this shard's.
  public func contains(_ index: Int) -> Bool { index % count == number - 1 }
}
