import SalienceFoundation
import SalienceTokenizers

/// How the attribution of one word changed from one checkpoint to the other: a row of the comparison's words table.
public struct WordMovement: TableRow, Equatable {
  public internal(set) var method = ""
  public internal(set) var modelA = ""
  public internal(set) var modelB = ""
  public internal(set) var target = ""
  public internal(set) var word = ""
  public internal(set) var count: Int64 = 0
  public internal(set) var meanA = 0.0
  public internal(set) var meanB = 0.0
  public internal(set) var meanChange = 0.0

  public init() {}

  public static let table = TableDefinition<WordMovement>(
    "words",
    doc: "One row per method, target and word that occurs `--minimum-count` times or more, of two checkpoints A and B."
  ) {
    Column("method", \.method, dictionary: true, doc: "The method's `id` in the pipeline file.")
    Column("model_a", \.modelA, dictionary: true, doc: "The earlier checkpoint.")
    Column("model_b", \.modelB, dictionary: true, doc: "The later checkpoint.")
    Column("target", \.target, dictionary: true, doc: "What is explained.")
    Column("word", \.word, doc: "The word in lower case, its pieces joined.")
    Column("count", \.count, doc: "Occurrences that were compared.")
    Column("mean_a", \.meanA, doc: "Mean over the occurrences of A's normalized scores, summed over the word's tokens.")
    Column("mean_b", \.meanB, doc: "The same of B.")
    Column("mean_change", \.meanChange, doc: "Mean of B's minus A's.")
  }
}

/// Sums of word attributions; memory grows with the number of distinct words, not with the dataset.
struct WordTally {
  private struct Key: Hashable {
    let method: ExactText
    let target: ExactText
    let word: ExactText
  }

  private struct Sums {
    var count: Int64 = 0
    var a = 0.0
    var b = 0.0
  }

  private var sums: [Key: Sums] = [:]

  /// Adds each word of two explanations of the same tokens for the same target.
  ///
  /// Those of runs that hold no tokens have no words.
  mutating func add(_ a: StoredExplanation, _ b: StoredExplanation) {
    guard a.hasTokens, b.hasTokens else { return }
    let pieces = a.pieces
    for range in a.wordRanges {
      guard !a.special[range.lowerBound] else { continue }
      let word = WordPieces.text(of: a.tokens[range], pieces).lowercased()
      let key = Key(method: ExactText(a.method), target: ExactText(a.target), word: ExactText(word))
      var sum = sums[key] ?? Sums()
      sum.count += 1
      for index in range {
        sum.a += Double(a.normalized[index])
        sum.b += Double(b.normalized[index])
      }
      sums[key] = sum
    }
  }

  /// Words seen at least `minimumCount` times: by method and target, the largest change first.
  func movements(modelA: String, modelB: String, minimumCount: Int) -> [WordMovement] {
    sums.filter { $0.value.count >= Int64(minimumCount) }.map { key, sum in
      let count = Double(sum.count)
      var word = WordMovement()
      (word.method, word.target, word.word) = (key.method.text, key.target.text, key.word.text)
      (word.modelA, word.modelB) = (modelA, modelB)
      word.count = sum.count
      (word.meanA, word.meanB, word.meanChange) = (sum.a / count, sum.b / count, (sum.b - sum.a) / count)
      return word
    }
    .sorted { left, right in
      for (a, b) in [(left.method, right.method), (left.target, right.target)] where !a.utf8.elementsEqual(b.utf8) {
        return a.utf8.lexicographicallyPrecedes(b.utf8)
      }
      if left.meanChange.magnitude != right.meanChange.magnitude {
        return left.meanChange.magnitude > right.meanChange.magnitude
      }
      return left.word.utf8.lexicographicallyPrecedes(right.word.utf8)
    }
  }
}
