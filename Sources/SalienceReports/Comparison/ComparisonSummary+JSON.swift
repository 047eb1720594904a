import SalienceFoundation
import SalienceJSON

extension ComparisonSummary {
  /// The summary as JSON: the numbers of `text`, unrounded, under the names of the comparison's columns.
  ///
  /// - Parameter topWords: words a direction, method and target; the words table holds all.
  public func json(topWords: Int = 8) -> JSONValue {
    [
      "model_a": .string(modelA), "model_b": .string(modelB), "examples": .integer(examples),
      "flips": .integer(flips), "unmatched_examples": .integer(unmatchedExamples),
      "other_texts": .integer(otherTexts), "unknown_texts": .integer(unknownTexts),
      "explanations": .integer(explanations), "incomparable_explanations": .integer(incomparable),
      "k": .integer(k), "methods": .array(methods.map(json)),
      "words": .array(
        movedMost(topWords).map { .object(WordMovement.table.json(of: $0, without: ["model_a", "model_b"])) }),
    ]
  }

  private func json(_ method: String) -> JSONValue {
    let (cosine, spearman, jaccard) = averages(of: method)
    func json(_ average: Average?) -> JSONValue {
      guard let average else { return .null }
      return ["mean": .double(average.mean), "median": .double(average.median), "count": .integer(average.count)]
    }
    return [
      "method": .string(method), "cosine": json(cosine), "spearman": json(spearman), "jaccard": json(jaccard),
    ]
  }

  /// The words that moved most, up and down, of each method and target.
  private func movedMost(_ count: Int) -> [WordMovement] {
    var taken: [ExactText: Int] = [:]
    return words.filter { word in
      guard word.meanChange != 0 else { return false }
      let key = ExactText("\(word.method)\0\(word.target)\0\(word.meanChange > 0)")
      taken[key, default: 0] += 1
      return taken[key, default: 0] <= count
    }
  }
}
