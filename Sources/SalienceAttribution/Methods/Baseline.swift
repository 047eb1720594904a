import SalienceJSON
import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// What the tokens of a text are replaced by at the start of the path.
public enum Baseline: Sendable, Equatable {
  case pad, mask, unk
  /// A zero vector at the attribution layer.
  case zero
  /// A token as the vocabulary writes it.
  case token(String)

  /// The key `baseline` of a method.
  static let setting = Setting<Baseline>(
    "baseline", fallback: .pad, fallbackText: "pad",
    help: "`pad`, `mask`, `unk`, `zero` or a token of the vocabulary, attended like any other token",
    read: { try $0.string($1).map(Baseline.init) }, encode: { .string($0.text) })

  /// Reads a baseline as pipeline files write it.
  public init(_ text: String) {
    switch text {
    case "pad": self = .pad
    case "mask": self = .mask
    case "unk": self = .unk
    case "zero": self = .zero
    default: self = .token(text)
    }
  }

  /// As pipeline files write it.
  public var text: String {
    switch self {
    case .pad: "pad"
    case .mask: "mask"
    case .unk: "unk"
    case .zero: "zero"
    case .token(let token): token
    }
  }

  /// The token's id; nil for `zero`.
  ///
  /// - Throws: `AttributionError` with code `usage` where the tokenizer has no such token.
  public func tokenID(in tokenizer: Tokenizer) throws -> Int32? {
    let (name, id): (String, Int32?)
    switch self {
    case .zero: return nil
    case .pad: (name, id) = ("padding", tokenizer.padToken?.id)
    case .mask: (name, id) = ("mask", tokenizer.maskToken?.id)
    case .unk: (name, id) = ("unknown", tokenizer.unknownToken?.id)
    case .token(let token): (name, id) = ("'\(token)'", tokenizer.id(of: token))
    }
    guard let id else {
      throw AttributionError(
        .usage, "the tokenizer has no \(name) token for the baseline: name a token that it has, or 'zero'",
        setting: .baseline)
    }
    return id
  }

  /// The start of an example's path: the same types, the same row read and the same candidates, other ids, and the
  /// positions that the family gives those.
  ///
  /// - Parameters:
  ///   - id: from `tokenID(in:)`.
  ///   - keepSpecial: leave special tokens as they are.
  ///   - layer: where the path lies. Positions come after the word embeddings and so are the example's own there,
  ///     though RoBERTa gives padding another position than it gives a word.
  func end(
    of encoding: Encoding, output: ExplainedOutput, replacingWith id: Int32?, keepSpecial: Bool,
    at layer: AttributionLayer, in architecture: any Architecture
  ) -> PathEnd {
    let input = output.end(of: encoding, in: architecture)
    let replaced = encoding.special.prefix(input.sequence.count).map { !(keepSpecial && $0) }
    guard let id else { return PathEnd(input.sequence, zeroed: replaced) }
    let ids = zip(encoding.ids, replaced).map { $1 ? id : $0 }
    return Self.end(of: encoding, ids: ids, as: input, at: layer, in: architecture)
  }

  private static func end(
    of encoding: Encoding, ids: [Int32], as input: PathEnd, at layer: AttributionLayer,
    in architecture: any Architecture
  ) -> PathEnd {
    var sequence = architecture.sequence(ids: ids, typeIDs: Array(encoding.modelTypeIDs.prefix(ids.count)))
    sequence.selectedRow = input.sequence.selectedRow
    sequence.candidates = input.sequence.candidates
    if layer == .wordEmbeddings { sequence.positionIDs = input.sequence.positionIDs }
    return PathEnd(sequence)
  }

  /// The start of the path from another text: its tokens take the places of the subject's, one after another.
  ///
  /// A longer text is cut; behind a shorter one stands padding, attended like any other token, or where the tokenizer
  /// has none, the text again.
  ///
  /// - Throws: `AttributionError` with code `example` for a text without tokens; `TokenizerError`.
  static func end(
    of subject: Subject, text: String, keepSpecial: Bool, at layer: AttributionLayer
  ) throws -> PathEnd {
    let input = subject.input
    let tokens = try subject.tokenizer.encode(text, addingSpecialTokens: false).ids
    guard !tokens.isEmpty else { throw AttributionError(.example, "a text that was drawn as baseline has no tokens") }
    let padding = subject.tokenizer.padToken?.id
    var (ids, next) = (input.sequence.wordIDs, 0)
    for (place, special) in subject.encoding.special.prefix(ids.count).enumerated() where !(keepSpecial && special) {
      ids[place] = next < tokens.count ? tokens[next] : padding ?? tokens[next % tokens.count]
      next += 1
    }
    return end(of: subject.encoding, ids: ids, as: input, at: layer, in: subject.architecture)
  }
}

extension ExplainedOutput {
  /// The end of an example's path: what the model reads for this output.
  func end(of encoding: Encoding, in architecture: any Architecture) -> PathEnd {
    let count = tokenCount ?? encoding.count
    var sequence = architecture.sequence(
      ids: Array(encoding.ids.prefix(count)), typeIDs: Array(encoding.modelTypeIDs.prefix(count)))
    if let selectedRow { sequence.selectedRow = selectedRow }
    sequence.candidates = candidates
    return PathEnd(sequence)
  }
}
