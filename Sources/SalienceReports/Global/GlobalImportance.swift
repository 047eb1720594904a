/// Which words push which outputs over a whole run: mean scores with intervals.
public struct GlobalImportance: Sendable {
  /// What is asked for.
  public struct Request: Sendable {
    /// Tokens instead of words.
    public var tokens: Bool
    /// The column of the predictions table by whose values examples are told apart; nil for all together.
    public var slice: String?
    /// Rows from each end of a group: the highest means and the lowest.
    public var top: Int
    /// Occurrences that a word needs.
    public var leastOccurrences: Int64
    /// Replicates of the bootstrap.
    public var replicates: Int
    public var seed: UInt64

    public static let (usualTop, usualLeast, usualReplicates) = (20, Int64(5), 200)

    public init(
      tokens: Bool = false, slice: String? = nil, top: Int = usualTop, leastOccurrences: Int64 = usualLeast,
      replicates: Int = usualReplicates, seed: UInt64 = 0
    ) {
      self.tokens = tokens
      self.slice = slice
      self.top = top
      self.leastOccurrences = leastOccurrences
      self.replicates = replicates
      self.seed = seed
    }
  }

  /// Model by model, method by method, each target's and slice's words from the highest mean to the lowest.
  public let rows: [GlobalRow]
  /// Occurrences of words that were not counted, because there were too many different ones before.
  public let leftOut: Int64
  /// Different words that were counted, over all groups.
  public let words: Int

  /// Different words that are counted: some 200 MB.
  private static let mostWords = 1 << 20

  /// Reads the run's attributions twice: for exact counts of every word, and for the replicates of those that are told.
  ///
  /// - Throws: `ReportError` where the run holds no words or has no such column; `ParquetError` where a part cannot be
  ///   read.
  public init(_ run: RunDirectory, _ request: Request, mostWords: Int? = nil) throws {
    var counts = GlobalCounts(most: mostWords ?? Self.mostWords)
    try run.forEachWord(request) { counts.add($0) }
    let chosen = counts.chosen(top: request.top, least: request.leastOccurrences)
    var places: [GlobalCounts.Key: Int] = [:]
    for (index, key) in chosen.enumerated() { places[key] = index }

    let bootstrap = PoissonBootstrap(replicates: request.replicates, seed: request.seed)
    var means = chosen.map { _ in BootstrapMean(replicates: request.replicates) }
    var absolutes = means
    var weights = [Double](repeating: 0, count: request.replicates)
    var own: [Int: (sum: Double, absolute: Double, count: Double)] = [:]
    var current: Int64?
    func close() {
      guard let current, !own.isEmpty else { return }
      bootstrap.draw(current, into: &weights)
      for (place, sums) in own {
        means[place].add(sums.sum, of: sums.count, weights)
        absolutes[place].add(sums.absolute, of: sums.count, weights)
      }
      own = [:]
    }
    try run.forEachWord(request) { word in
      // Each model has every row, so another row is another example.
      if current != word.row {
        close()
        current = word.row
      }
      let key = GlobalCounts.Key(group: counts.place(of: word.group), word: word.text)
      guard let place = places[key] else { return }
      own[place, default: (0, 0, 0)].sum += word.score
      own[place, default: (0, 0, 0)].absolute += abs(word.score)
      own[place, default: (0, 0, 0)].count += 1
    }
    close()

    rows = chosen.enumerated().compactMap { index, key in
      counts.counts[key].map { GlobalRow(key.word, counts.groups[key.group], $0, means[index], absolutes[index]) }
    }
    leftOut = counts.leftOut
    words = counts.counts.count
  }
}

extension GlobalRow {
  fileprivate init(
    _ word: String, _ group: GlobalCounts.Group, _ count: GlobalCounts.Count, _ mean: BootstrapMean,
    _ absolute: BootstrapMean
  ) {
    (model, method, target, slice) = (group.model, group.method, group.target, group.slice)
    self.word = word
    (occurrences, examples) = (count.occurrences, count.examples)
    self.mean = count.mean
    meanAbsolute = count.absolute / Double(count.occurrences)
    guard count.examples > 1 else { return }
    let (interval, bounds) = (PoissonBootstrap.interval(mean.means), PoissonBootstrap.interval(absolute.means))
    (meanLow, meanHigh) = (interval?.lowerBound, interval?.upperBound)
    (meanAbsoluteLow, meanAbsoluteHigh) = (bounds?.lowerBound, bounds?.upperBound)
  }
}
