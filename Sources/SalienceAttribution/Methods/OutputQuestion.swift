import Foundation
import SalienceTensors

/// What to ask for an output's value at an end point, and how the answers make the value: one question, or one for each
/// token of a continuation.
struct OutputQuestion: Sendable {
  private enum Kind {
    case values([[Float]])
    case probabilities([[Float]])
    case continuation(Continuation, isProbability: Bool)
  }

  private let end: PathEnd
  private let kind: Kind

  private init(_ kind: Kind, at end: PathEnd) {
    self.kind = kind
    self.end = end
  }

  /// Tokens of the copies of a text that are asked for at once, so that thousands of copies take little memory.
  static let tokensPerRound = 1 << 14

  /// Tokens that the model reads for it.
  var tokenCount: Int {
    guard case .continuation(let continuation, _) = kind else { return end.sequence.count }
    let count = continuation.tokens.count
    return count * (end.sequence.count + continuation.before.count) + count * (count - 1) / 2
  }

  /// How many asks it has.
  var askCount: Int { if case .continuation(let continuation, _) = kind { continuation.tokens.count } else { 1 } }

  /// Made anew each time: those of a continuation are many.
  var asks: [Ask] {
    switch kind {
    case .values(let coefficients): return [.values(end, coefficients: coefficients)]
    case .probabilities(let coefficients): return [.probabilities(end, coefficients: coefficients)]
    case .continuation(let continuation, _):
      var sequence = end.sequence
      for token in continuation.before { sequence.append(token) }
      return continuation.tokens.map { token in
        defer { sequence.append(token) }
        let zeroed = end.zeroed + [Bool](repeating: false, count: sequence.count - end.zeroed.count)
        return .logProbability(PathEnd(sequence, zeroed: zeroed, noise: end.noise), of: token)
      }
    }
  }

  /// F at the end, one value per target.
  ///
  /// - Parameter answers: one per ask.
  func values(of answers: ArraySlice<Answer>) throws -> [Double] {
    let answers = Array(answers)
    guard case .continuation(_, let isProbability) = kind else { return try answers.values(at: 0) }
    let sum = try answers.indices.reduce(0) { $0 + (try answers.values(at: $1).first ?? 0) }
    return [isProbability ? exp(sum / Double(max(1, answers.count))) : sum]
  }
}

extension Collection where Element == OutputQuestion {
  /// The values of each question, from the answers to the asks of all, in order.
  func values(of answers: [Answer]) throws -> [[Double]] {
    var left = answers[...]
    return try map { question in
      defer { left = left.dropFirst(question.askCount) }
      return try question.values(of: left.prefix(question.askCount))
    }
  }
}

extension OutputQuestion {
  /// F at an end point that stands in the place of a subject's input.
  ///
  /// - Parameter target: one of the output's; all of them unless given.
  init(at end: PathEnd, of subject: Subject, _ target: ResolvedTarget? = nil) {
    if let continuation = subject.output.continuation {
      self.init(.continuation(continuation, isProbability: false), at: end)
    } else {
      self.init(.values(target.map { [$0.coefficients] } ?? subject.coefficients), at: end)
    }
  }

  /// The probability of one target, or its value where the task has none; of a continuation the geometric mean of its
  /// tokens' probabilities, as the predictions table has it.
  init(probabilityAt end: PathEnd, of subject: Subject, _ target: ResolvedTarget) {
    if let continuation = subject.output.continuation {
      self.init(.continuation(continuation, isProbability: true), at: end)
    } else {
      self.init(.probabilities([target.coefficients]), at: end)
    }
  }
}
