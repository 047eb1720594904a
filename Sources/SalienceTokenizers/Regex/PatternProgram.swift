/// A regular expression as a list of steps for a backtracking matcher.
struct PatternProgram: Sendable {
  enum Step: Sendable {
    /// One scalar of a set.
    case set(Int)
    /// As many scalars of a set as there are; fewer, down to `minimum`, where what follows needs that.
    case repeatSet(Int, minimum: Int, maximum: Int, isPossessive: Bool)
    /// First one way; where that fails, the other.
    case split(Int, Int)
    case jump(Int)
    /// Remembers where a round of a loop starts.
    case beginRound(slot: Int)
    /// Goes back to `start` unless the round took nothing.
    case endRound(slot: Int, start: Int)
    /// The steps up to `end` as a program of their own.
    case lookahead(negated: Bool, end: Int)
    case atomic(end: Int)
    case startOfText, endOfText, startOfLine, endOfLine
    case wordBoundary(negated: Bool)
    case match
  }

  private(set) var steps: [Step] = []
  private(set) var sets: [ScalarSet] = []
  private(set) var slotCount = 0
  /// What a match must start with; nil where nothing is known.
  let firstSet: ScalarSet?

  /// Most steps of a program: repetitions of groups are written out.
  private static let maximumSteps = 100_000

  init(_ node: PatternNode) throws(PatternParser.Failure) {
    firstSet = node.firstSet
    try append(node)
    steps.append(.match)
  }

  private mutating func append(_ node: PatternNode) throws(PatternParser.Failure) {
    guard steps.count < Self.maximumSteps else { throw PatternParser.Failure(reason: "too many repetitions") }
    switch node {
    case .set(let set): steps.append(.set(index(of: set)))
    case .sequence(let nodes): for node in nodes { try append(node) }
    case .alternatives(let nodes):
      var jumps: [Int] = []
      for (position, node) in nodes.enumerated() {
        guard position < nodes.count - 1 else {
          try append(node)
          break
        }
        let split = steps.count
        steps.append(.split(split + 1, 0))
        try append(node)
        jumps.append(steps.count)
        steps.append(.jump(0))
        steps[split] = .split(split + 1, steps.count)
      }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .repeated(let inner, let minimum, let maximum, let greed):
      try appendRepeated(inner, minimum, maximum, greed)
    case .atomic(let inner): try appendNested(inner) { .atomic(end: $0) }
    case .lookahead(let inner, let negated): try appendNested(inner) { .lookahead(negated: negated, end: $0) }
    case .startOfText: steps.append(.startOfText)
    case .endOfText: steps.append(.endOfText)
    case .startOfLine: steps.append(.startOfLine)
    case .endOfLine: steps.append(.endOfLine)
    case .wordBoundary(let negated): steps.append(.wordBoundary(negated: negated))
    }
  }

  private mutating func index(of set: ScalarSet) -> Int {
    sets.append(set)
    return sets.count - 1
  }

  private mutating func appendNested(
    _ node: PatternNode, _ step: (Int) -> Step
  ) throws(PatternParser.Failure) {
    let start = steps.count
    steps.append(.match)
    try append(node)
    steps.append(.match)
    steps[start] = step(steps.count)
  }

  private mutating func appendRepeated(
    _ node: PatternNode, _ minimum: Int, _ maximum: Int?, _ greed: PatternNode.Greed
  ) throws(PatternParser.Failure) {
    if case .set(let set) = node, greed != .lazy {
      let step = Step.repeatSet(
        index(of: set), minimum: minimum, maximum: maximum ?? .max, isPossessive: greed == .possessive)
      steps.append(step)
      return
    }
    if greed == .possessive {
      return try append(.atomic(.repeated(node, minimum: minimum, maximum: maximum, .greedy)))
    }
    for _ in 0..<minimum { try append(node) }
    if let maximum {
      var splits: [Int] = []
      for _ in minimum..<maximum {
        splits.append(steps.count)
        steps.append(.split(0, 0))
        try append(node)
      }
      for split in splits { steps[split] = Self.split(split + 1, steps.count, greed) }
      return
    }
    let start = steps.count
    let slot = slotCount
    slotCount += 1
    steps.append(.split(0, 0))
    steps.append(.beginRound(slot: slot))
    try append(node)
    steps.append(.endRound(slot: slot, start: start))
    steps[start] = Self.split(start + 1, steps.count, greed)
  }

  private static func split(_ inside: Int, _ after: Int, _ greed: PatternNode.Greed) -> Step {
    greed == .lazy ? .split(after, inside) : .split(inside, after)
  }
}
