import Foundation
import SalienceModels
import SalienceTokenizers

/// The span of a context that answers a question, as readers trained on SQuAD find it.
///
/// A text is the question and its pair the context. The model gives each token a logit as the answer's first and as its
/// last one; the best span is the one that transformers' `question-answering` pipeline takes: softmax over [CLS] and the
/// context's tokens, the largest product of both probabilities among spans of at most `maximumAnswerLength` tokens of
/// the context, over all windows of a long one, and in the answer whole words.
public struct QuestionAnswering: ModelTask {
  public let head = ModelHead.questionAnswering
  public let readout = Readout.everyToken
  public let outputNames = OutputNames(["start", "end"])
  public let probability: OutputFunction? = .tokenSoftmax
  /// Most tokens of an answer.
  public let maximumAnswerLength: Int
  /// Tokens of the context that a window shares with the one before it; half a window at most.
  public let stride: Int

  /// transformers' defaults.
  public init(maximumAnswerLength: Int = 15, stride: Int = 128) {
    self.maximumAnswerLength = maximumAnswerLength
    self.stride = stride
  }

  public func windows(of text: String, pair: String?, tokenizer: Tokenizer, maxLength: Int) throws -> [Encoding] {
    guard let pair else { throw AttributionError(.example, "the row has no context to answer from") }
    let whole = try tokenizer.encode(text, pair: pair)
    guard let first = whole.sequences.firstIndex(of: 1), let last = whole.sequences.lastIndex(of: 1) else {
      throw AttributionError(.example, "the context has no tokens")
    }
    if whole.count <= maxLength { return [whole] }
    let room = maxLength - (whole.count - (last + 1 - first))
    guard room > 0 else {
      throw AttributionError(.example, "the question leaves no room for the context in \(maxLength) tokens")
    }
    // No more than half a window is shared, as in transformers: most of it would be read again and again.
    let step = max(1, room - min(stride, maxLength / 2))
    return Self.ranges(of: first..<last + 1, size: room, step: step, side: tokenizer.truncationSide).map {
      whole.keeping(Array(0..<first) + Array($0) + Array(last + 1..<whole.count))
    }
  }

  /// The parts of a range that windows hold, from its beginning on, or from its end where the left side is cut.
  private static func ranges(of range: Range<Int>, size: Int, step: Int, side: TruncationSide) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var offset = 0
    while true {
      let part =
        side == .right
        ? range.lowerBound + offset..<min(range.lowerBound + offset + size, range.upperBound)
        : max(range.lowerBound, range.upperBound - offset - size)..<range.upperBound - offset
      ranges.append(part)
      if side == .right ? part.upperBound == range.upperBound : part.lowerBound == range.lowerBound { return ranges }
      offset += step
    }
  }

  public func decide(
    _ inputs: [TaskInput], with model: TaskModel
  ) async throws -> [Result<Decision, AttributionError>] {
    var logits = try await model.logits(of: inputs.flatMap(\.windows))[...]
    return inputs.map { input in
      defer { logits = logits.dropFirst(input.windows.count) }
      let own = Array(logits.prefix(input.windows.count))
      return Result { () throws(AttributionError) in try decision(input, own, cls: model.tokenizer.clsToken?.id) }
    }
  }

  private func decision(
    _ input: TaskInput, _ logits: [[Float]], cls: Int32?
  ) throws(AttributionError) -> Decision {
    guard logits.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
      throw AttributionError(.notFinite, "the model's logits are not finite numbers")
    }
    var best: (window: Int, span: AnswerSpan)?
    for (index, window) in input.windows.enumerated() {
      guard let span = AnswerSpan(best: window, logits[index], maximumLength: maximumAnswerLength, cls: cls) else {
        continue
      }
      if span.probability > best?.span.probability ?? -1 { best = (index, span) }
    }
    guard let (index, span) = best else { throw AttributionError(.example, "the context has no tokens") }
    let (encoding, row) = (input.windows[index], logits[index])
    let answer = encoding.wholeWords(from: span.start, through: span.end)
    let context = (input.pair ?? "").unicodeScalars.dropFirst(answer.lowerBound).prefix(answer.count)
    return Decision(
      encoding: encoding,
      prediction: Prediction(
        label: String(String.UnicodeScalarView(context)), index: span.start, probability: Float(span.probability),
        logits: [row[2 * span.start], row[2 * span.end + 1]], answer: answer,
        withoutText: "\(answer.lowerBound)-\(answer.upperBound)"),
      choices: [
        Decision.Choice(position: span.start, index: 0), Decision.Choice(position: span.end, index: 1),
      ], candidates: encoding.answerCandidates(cls: cls))
  }

  public func expectedOutputs(tokens: Int) -> Int { 2 }

  public func readout(of target: Target) -> Readout { target == .maximum ? .maximum : .selectedRow }

  /// By default the start at the answer's first token and the end at its last, both fixed along the path; with
  /// `maximum` the largest of all tokens' logits, or of all candidates' probabilities, which may move from token to token
  /// along it.
  public func outputs(of target: Target, for decision: Decision, label: String?) throws -> [ExplainedOutput] {
    let ends = [ResolvedTarget.unit(0, outputNames), .unit(1, outputNames)]
    func output(at choice: Decision.Choice) -> ExplainedOutput {
      ExplainedOutput(
        selectedRow: choice.position, position: choice.position, candidates: decision.candidates,
        targets: [ends[choice.index]])
    }
    switch target {
    case .maximum: return [ExplainedOutput(candidates: decision.candidates, targets: ends)]
    case .predicted, .all: return decision.choices.map(output)
    case .class(let name):
      let index = try outputNames.resolve(name)
      return decision.choices.filter { $0.index == index }.map(output)
    case .label, .contrast, .continuation, .continuationTokens:
      throw AttributionError(.usage, Self.targets, setting: .target)
    }
  }

  public func validate(_ target: Target) throws {
    switch target {
    case .label, .contrast: throw AttributionError(.usage, Self.targets, setting: .target)
    case .maximum: break
    default: try target.requireClasses(of: outputNames)
    }
  }

  private static let targets = "an answer's targets are predicted, start, end and maximum"
}

/// An answer inside one window, by its first and last token.
struct AnswerSpan {
  let start: Int
  let end: Int
  /// Product of the probabilities of both ends among the context's tokens.
  let probability: Double

  /// The best span of a window; nil where it holds none of the context.
  ///
  /// - Parameters:
  ///   - logits: two per token, as the answer's start and as its end.
  ///   - cls: see `answerCandidates(cls:)`.
  init?(best window: Encoding, _ logits: [Float], maximumLength: Int, cls: Int32?) {
    let context = window.sequences.indices.filter { window.sequences[$0] == 1 }
    guard let first = context.first else { return nil }
    let candidates = window.answerCandidates(cls: cls)
    let others = window.ids.indices.filter { candidates[$0] && window.sequences[$0] != 1 }
    func probabilities(_ output: Int) -> [Double] {
      let own = (context + others).map { Double(logits[2 * $0 + output]) }
      let top = own.max() ?? 0
      let sum = own.reduce(0) { $0 + exp($1 - top) }
      return own.prefix(context.count).map { exp($0 - top) / sum }
    }
    let (starts, ends) = (probabilities(0), probabilities(1))
    var best: (start: Int, end: Int, probability: Double) = (0, 0, -1)
    for start in starts.indices {
      for end in start..<min(start + maximumLength, ends.count) where starts[start] * ends[end] > best.probability {
        best = (start, end, starts[start] * ends[end])
      }
    }
    (start, end, probability) = (first + best.start, first + best.end, best.probability)
  }
}

extension Encoding {
  /// The tokens that an end of an answer is looked for among, one flag per token: the context's, and the classification
  /// token, which takes part in the softmax for no answer at all, but is none.
  func answerCandidates(cls: Int32?) -> [Bool] { ids.indices.map { sequences[$0] == 1 || ids[$0] == cls } }

  /// Unicode scalars of the words that a span of tokens begins and ends in, in their own text.
  fileprivate func wholeWords(from first: Int, through last: Int) -> Range<Int> {
    func word(of token: Int) -> Range<Int> {
      let all = ids.indices.filter { sequences[$0] == sequences[token] && words[$0] == words[token] }
      let ranges = words[token] == nil ? [offsets[token]] : all.map { offsets[$0] }
      let known = ranges.compactMap { $0 }
      return (known.map(\.lowerBound).min() ?? 0)..<(known.map(\.upperBound).max() ?? 0)
    }
    let start = word(of: first).lowerBound
    return start..<max(start, word(of: last).upperBound)
  }

  /// Some of the tokens, in the order given.
  func keeping(_ indices: [Int]) -> Encoding {
    Encoding(
      ids: indices.map { ids[$0] }, tokens: indices.map { tokens[$0] }, typeIDs: indices.map { typeIDs[$0] },
      special: indices.map { special[$0] }, offsets: indices.map { offsets[$0] }, words: indices.map { words[$0] },
      sequences: indices.map { sequences[$0] }, truncated: truncated, givesTypes: givesTypes)
  }
}
