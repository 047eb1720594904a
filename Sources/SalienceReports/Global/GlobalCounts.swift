/// Occurrences and sums of the scores of every word of a run, in bounded memory.
///
/// A word is counted from its first occurrence on, or not at all: where there are more different words than are kept,
/// those that come up later are left out, so that every count that is told is exact.
struct GlobalCounts {
  /// What words are counted under.
  struct Group: Hashable {
    let model, method, target: String
    let slice: String?
  }

  struct Key: Hashable {
    let group: Int
    let word: String
  }

  struct Count {
    var occurrences: Int64 = 0
    var examples: Int64 = 0
    var sum = 0.0
    var absolute = 0.0
    fileprivate var lastRow: Int64 = -1

    var mean: Double { sum / Double(occurrences) }
  }

  private(set) var groups: [Group] = []
  private var places: [Group: Int] = [:]
  private(set) var counts: [Key: Count] = [:]
  /// Occurrences of words that are not counted.
  private(set) var leftOut: Int64 = 0
  private let most: Int

  /// - Parameter most: different words, over all groups.
  init(most: Int) { self.most = most }

  mutating func place(of group: Group) -> Int {
    if let known = places[group] { return known }
    places[group] = groups.count
    groups.append(group)
    return groups.count - 1
  }

  mutating func add(_ word: ScoredWord) {
    let key = Key(group: place(of: word.group), word: word.text)
    guard counts[key] != nil || counts.count < most else {
      leftOut += 1
      return
    }
    counts[key, default: Count()].add(word)
  }

  /// The keys of each group's highest and lowest means, highest first.
  ///
  /// - Parameters:
  ///   - top: at most so many from each end.
  ///   - least: occurrences that a word needs.
  func chosen(top: Int, least: Int64) -> [Key] {
    var byGroup = groups.map { _ in [(key: Key, mean: Double)]() }
    for (key, count) in counts where count.occurrences >= least { byGroup[key.group].append((key, count.mean)) }
    return byGroup.flatMap { own in
      // Of equal means the order of the words decides, so that the same run gives the same rows.
      let sorted = own.sorted { ($1.mean, $0.key.word) < ($0.mean, $1.key.word) }
      return sorted.enumerated().filter { $0.offset < top || $0.offset >= sorted.count - top }.map(\.element.key)
    }
  }
}

/// One occurrence of a word, scored by one explanation.
struct ScoredWord {
  let group: GlobalCounts.Group
  let row: Int64
  let text: String
  let score: Double
}

extension GlobalCounts.Count {
  fileprivate mutating func add(_ word: ScoredWord) {
    occurrences += 1
    sum += word.score
    absolute += abs(word.score)
    // Explanations of an example stand together.
    if lastRow != word.row {
      examples += 1
      lastRow = word.row
    }
  }
}
