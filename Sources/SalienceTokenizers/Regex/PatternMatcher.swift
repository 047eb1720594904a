/// Runs a program over a part of a text, with backtracking.
struct PatternMatcher {
  /// Where to go on when a way fails: a step and a position; for a repetition also the least position.
  private struct Choice {
    var step: Int
    var position: Int
    var minimum: Int
  }

  private let elements: UnsafeBufferPointer<NormalizedText.Element>
  private let range: Range<Int>
  /// Steps that are left; a scalar that a repetition takes is one too.
  private var steps: Int
  private var choices: [Choice] = []
  private var rounds: [Int] = []

  /// Most steps on a text of `count` scalars.
  ///
  /// Patterns of published models take at most a few dozen a scalar, and some that start anew at every letter a few
  /// thousand; without a limit, one such as `(a+)+$` takes twice as many with each further letter.
  static func limit(count: Int) -> Int { 10_000 + 4096 * count }

  /// Matching sees nothing outside `range`.
  init(_ elements: UnsafeBufferPointer<NormalizedText.Element>, _ range: Range<Int>) {
    self.elements = elements
    self.range = range
    steps = Self.limit(count: range.count)
  }

  /// Whether the limit of steps was reached; then there is no match.
  var isExhausted: Bool { steps < 0 }

  /// The end of the match of `program` that starts at `position`, or nil.
  mutating func match(_ program: PatternProgram, at position: Int) -> Int? {
    choices.removeAll(keepingCapacity: true)
    if program.slotCount > 0 { rounds = [Int](repeating: -1, count: program.slotCount) }
    return run(program, from: 0, at: position)
  }

  private mutating func run(_ program: PatternProgram, from first: Int, at start: Int) -> Int? {
    let base = choices.count
    var step = first
    var position = start
    while true {
      steps -= 1
      if steps < 0 {
        choices.removeLast(choices.count - base)
        return nil
      }
      var isFailed = false
      switch program.steps[step] {
      case .match:
        choices.removeLast(choices.count - base)
        return position
      case .set(let set):
        if position < range.upperBound, program.sets[set].contains(elements[position].scalar) {
          position += 1
          step += 1
        } else {
          isFailed = true
        }
      case .repeatSet(let set, let minimum, let maximum, let isPossessive):
        let end = runEnd(program.sets[set], from: position, maximum: maximum)
        steps -= end - position
        if end - position < minimum {
          isFailed = true
        } else {
          step += 1
          if !isPossessive, end - position > minimum {
            choices.append(Choice(step: step, position: end - 1, minimum: position + minimum))
          }
          position = end
        }
      case .split(let preferred, let other):
        choices.append(Choice(step: other, position: position, minimum: position))
        step = preferred
      case .jump(let target): step = target
      case .beginRound(let slot):
        choices.append(Choice(step: -1 - slot, position: rounds[slot], minimum: 0))
        rounds[slot] = position
        step += 1
      case .endRound(let slot, let start): step = rounds[slot] == position ? step + 1 : start
      case .lookahead(let negated, let end):
        isFailed = (run(program, from: step + 1, at: position) != nil) == negated
        step = end
      case .atomic(let end):
        if let reached = run(program, from: step + 1, at: position) { position = reached } else { isFailed = true }
        step = end
      case .startOfText: (step, isFailed) = (step + 1, position != range.lowerBound)
      case .endOfText: (step, isFailed) = (step + 1, position != range.upperBound)
      case .startOfLine: (step, isFailed) = (step + 1, !isLineStart(position))
      case .endOfLine: (step, isFailed) = (step + 1, !isLineEnd(position))
      case .wordBoundary(let negated): (step, isFailed) = (step + 1, isWordBoundary(position) == negated)
      }
      guard isFailed else { continue }
      guard let (next, at) = takeChoice(above: base) else { return nil }
      (step, position) = (next, at)
    }
  }

  private mutating func takeChoice(above base: Int) -> (step: Int, position: Int)? {
    while choices.count > base, let choice = choices.popLast() {
      if choice.step < 0 {
        rounds[-1 - choice.step] = choice.position
        continue
      }
      if choice.position > choice.minimum {
        choices.append(Choice(step: choice.step, position: choice.position - 1, minimum: choice.minimum))
      }
      return (choice.step, choice.position)
    }
    return nil
  }

  @inline(__always)
  private func runEnd(_ set: ScalarSet, from position: Int, maximum: Int) -> Int {
    let limit = maximum < range.upperBound - position ? position + maximum : range.upperBound
    var end = position
    while end < limit, set.contains(elements[end].scalar) { end += 1 }
    return end
  }

  private func isLineStart(_ position: Int) -> Bool {
    // Not after a line feed that ends the text.
    position == range.lowerBound || (elements[position - 1].scalar == 0x0A && position < range.upperBound)
  }

  private func isLineEnd(_ position: Int) -> Bool {
    position == range.upperBound || elements[position].scalar == 0x0A
  }

  private func isWordBoundary(_ position: Int) -> Bool {
    let classes = ScalarClasses.table
    let before = position > range.lowerBound && classes[elements[position - 1].scalar].contains(.patternWord)
    let after = position < range.upperBound && classes[elements[position].scalar].contains(.patternWord)
    return before != after
  }
}
