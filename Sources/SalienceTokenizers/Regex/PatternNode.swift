/// A part of a parsed regular expression.
indirect enum PatternNode: Sendable {
  case set(ScalarSet)
  case sequence([PatternNode])
  /// Tried in order.
  case alternatives([PatternNode])
  case repeated(PatternNode, minimum: Int, maximum: Int?, Greed)
  /// A group that gives nothing back once it has matched.
  case atomic(PatternNode)
  case lookahead(PatternNode, negated: Bool)
  case startOfText
  case endOfText
  case startOfLine
  case endOfLine
  case wordBoundary(negated: Bool)

  /// How much a repetition takes.
  enum Greed: Sendable {
    case greedy, lazy, possessive
  }

  /// What a first scalar must be for a match to be possible; nil where a match may also be empty or look ahead.
  var firstSet: ScalarSet? {
    switch self {
    case .set(let set): return set
    case .sequence(let nodes):
      var parts: [ScalarSet.Part] = []
      for node in nodes {
        if case .repeated(let inner, 0, _, _) = node, let set = inner.firstSet {
          parts.append(.set(set))
          continue
        }
        guard let set = node.firstSet else { return nil }
        parts.append(.set(set))
        return ScalarSet(parts)
      }
      return nil
    case .alternatives(let nodes):
      var parts: [ScalarSet.Part] = []
      for node in nodes {
        guard let set = node.firstSet else { return nil }
        parts.append(.set(set))
      }
      return ScalarSet(parts)
    case .repeated(let node, let minimum, _, _): return minimum > 0 ? node.firstSet : nil
    case .atomic(let node): return node.firstSet
    case .lookahead, .startOfText, .endOfText, .startOfLine, .endOfLine, .wordBoundary: return nil
    }
  }
}
