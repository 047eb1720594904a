import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// An example, some of whose features can be taken out.
struct PerturbedText: Sendable {
  let subject: Subject
  /// The tokens of each feature, in order.
  let features: [Range<Int>]
  private let replacement: Replacement
  /// What each token that is taken out becomes; nil for a vector of zeros, and where it is removed.
  private let replacementID: Int32?
  /// What the model finds likeliest in the place of each token, where it is asked for that; nil until it has answered.
  private var fills: [Int32]?

  /// - Throws: `AttributionError` where the tokenizer lacks the replacement or the text its spans, or where what is explained stands at a
  ///   token that would be removed itself.
  init(_ subject: Subject, _ settings: PerturbationSettings) throws {
    self.subject = subject
    features = try settings.features.features(
      of: subject.encoding, tokenCount: subject.input.sequence.count, keepSpecial: settings.keepSpecial,
      spans: subject.spans)
    replacement = settings.replacement(for: subject.tokenizer)
    switch replacement {
    case .token(let baseline): replacementID = try baseline.tokenID(in: subject.tokenizer)
    case .remove:
      guard subject.output.selectedRow == nil || subject.output.tokenCount != nil else {
        throw AttributionError(
          .example, "what is explained stands at a token, which cannot be removed: name a token as 'replacement'")
      }
      replacementID = nil
    case .model:
      // The task has made sure of a mask token.
      replacementID = subject.tokenizer.maskToken?.id
    }
  }

  /// The text's own tokens that the model is asked for a fill of; a mask stays one.
  private var filledTokens: [(feature: Range<Int>, token: Int)] {
    let ids = subject.input.sequence.wordIDs
    return features.flatMap { feature in feature.map { (feature, $0) } }.filter { ids[$0.token] != replacementID }
  }

  /// Questions for the model's fill of every token; none where another replacement is asked for, or it has answered.
  var fillAsks: [Ask] {
    guard replacement == .model, fills == nil else { return [] }
    return filledTokens.map { feature, token in
      var isAbsent = [Bool](repeating: false, count: subject.input.sequence.count)
      for other in feature { isAbsent[other] = true }
      var sequence = replaced(isAbsent).sequence
      sequence.selectedRow = token
      return .largest(PathEnd(sequence))
    }
  }

  /// Takes the answers to `fillAsks`.
  mutating func fill(_ answers: [Answer]) throws {
    var ids = subject.input.sequence.wordIDs
    for (index, own) in filledTokens.enumerated() {
      guard let id = try answers.values(at: index).first.flatMap({ Int32(exactly: $0) }) else {
        throw AttributionError(.notFinite, "the model's outputs for a fill are not finite numbers")
      }
      ids[own.token] = id
    }
    fills = ids
  }

  /// The example with only some of its features, one flag per feature.
  ///
  /// - Throws: `AttributionError` with code `example` where nothing is left.
  func end(_ present: [Bool]) throws -> PathEnd {
    guard present.contains(false) else { return subject.input }
    var isAbsent = [Bool](repeating: false, count: subject.input.sequence.count)
    for (feature, isPresent) in zip(features, present) where !isPresent {
      for token in feature { isAbsent[token] = true }
    }
    return replacement == .remove ? PathEnd(try shortened(isAbsent)) : replaced(isAbsent)
  }

  private func replaced(_ isAbsent: [Bool]) -> PathEnd {
    let input = subject.input.sequence
    guard let replacementID else { return PathEnd(input, zeroed: isAbsent) }
    let ids = input.wordIDs.indices.map { isAbsent[$0] ? fills?[$0] ?? replacementID : input.wordIDs[$0] }
    var sequence = subject.architecture.sequence(
      ids: ids, typeIDs: Array(subject.encoding.modelTypeIDs.prefix(ids.count)))
    sequence.selectedRow = input.selectedRow
    sequence.candidates = input.candidates
    return PathEnd(sequence)
  }

  /// The tokens that are left; a causal model reads the last of them.
  private func shortened(_ isAbsent: [Bool]) throws -> TokenSequence {
    let input = subject.input.sequence
    let left = isAbsent.indices.filter { !isAbsent[$0] }
    if left.isEmpty {
      guard let id = (subject.tokenizer.padToken ?? subject.tokenizer.unknownToken)?.id else {
        throw AttributionError(
          .example, "nothing is left of the text where all of it is removed: name a token as 'replacement'")
      }
      return subject.architecture.sequence(ids: [id], typeIDs: [0])
    }
    let types = subject.encoding.modelTypeIDs
    var sequence = subject.architecture.sequence(ids: left.map { input.wordIDs[$0] }, typeIDs: left.map { types[$0] })
    if subject.output.selectedRow != nil { sequence.selectedRow = left.count - 1 }
    sequence.candidates = input.candidates.isEmpty ? [] : left.map { input.candidates[$0] }
    return sequence
  }

  /// A score per token from a score per feature, whose tokens share it equally; 0 for the others.
  func tokenScores(_ scores: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: subject.input.sequence.count)
    for (feature, score) in zip(features, scores) {
      for token in feature { result[token] = score / Double(feature.count) }
    }
    return result
  }
}
