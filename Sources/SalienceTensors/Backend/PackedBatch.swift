/// One text, or pair, as a model's input.
public struct TokenSequence: Sendable, Hashable {
  /// Token ids, one per token.
  public var wordIDs: [Int32]
  public var positionIDs: [Int32]
  /// Token types (segments).
  public var typeIDs: [Int32]
  /// The token whose row a head reads: the first for a classifier with [CLS], the last for a causal model, or the one
  /// that a question is about.
  public var selectedRow: Int
  /// Which tokens a softmax over tokens is over, one flag per token; empty for all.
  public var candidates: [Bool]

  public init(
    wordIDs: [Int32], positionIDs: [Int32], typeIDs: [Int32], selectedRow: Int = 0, candidates: [Bool] = []
  ) {
    self.candidates = candidates
    self.wordIDs = wordIDs
    self.positionIDs = positionIDs
    self.typeIDs = typeIDs
    self.selectedRow = selectedRow
  }

  public var count: Int { wordIDs.count }
}

/// Sequences of different lengths laid end to end, without padding.
public struct PackedBatch: Sendable {
  /// B + 1 offsets: sequence b owns token rows offsets[b]..<offsets[b + 1].
  public private(set) var offsets: [Int] = [0]
  public private(set) var wordIDs: [Int32] = []
  public private(set) var positionIDs: [Int32] = []
  public private(set) var typeIDs: [Int32] = []
  /// B entries: the row that each sequence selects, counted over the batch.
  public private(set) var selectedRows: [Int] = []
  /// T entries: whether a softmax over a sequence's tokens takes the token in.
  public private(set) var candidates: [Bool] = []

  public init() {}

  public init(_ sequences: some Sequence<TokenSequence>) {
    for sequence in sequences { append(sequence) }
  }

  public mutating func append(_ sequence: TokenSequence) {
    wordIDs += sequence.wordIDs
    positionIDs += sequence.positionIDs
    typeIDs += sequence.typeIDs
    candidates += sequence.candidates.isEmpty ? Array(repeating: true, count: sequence.count) : sequence.candidates
    selectedRows.append(tokenCount - sequence.count + sequence.selectedRow)
    offsets.append(wordIDs.count)
  }

  /// T.
  public var tokenCount: Int { wordIDs.count }
  /// B.
  public var sequenceCount: Int { offsets.count - 1 }
  /// Tokens of each sequence.
  public var lengths: [Int] { zip(offsets.dropFirst(), offsets).map(-) }

  public func rows(_ extent: RowExtent) -> Int { extent == .tokens ? tokenCount : sequenceCount }

  public func indices(_ input: IndexInput) -> [Int32] {
    switch input {
    case .wordIDs: wordIDs
    case .positionIDs: positionIDs
    case .typeIDs: typeIDs
    }
  }
}
