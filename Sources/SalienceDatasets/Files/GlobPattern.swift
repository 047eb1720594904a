/// A shell pattern for one component of a path: `*`, `?`, and `[a-z]` or `[!a-z]`.
///
/// As in a shell, a name that begins with a dot is matched only by a pattern that does.
struct GlobPattern {
  let text: String
  private let parts: [Part]

  private enum Part {
    case anything
    case one
    case scalar(Unicode.Scalar)
    case set(ranges: [ClosedRange<Unicode.Scalar>], isNegated: Bool)
  }

  /// Whether the text holds a character that makes it a pattern.
  static func isPattern(_ text: String) -> Bool { text.unicodeScalars.contains { "*?[".unicodeScalars.contains($0) } }

  init(_ text: String) {
    self.text = text
    let scalars = Array(text.unicodeScalars)
    var parts: [Part] = []
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "*": parts.append(.anything)
      case "?": parts.append(.one)
      case "[":
        if let (set, end) = Self.set(in: scalars, from: index) {
          parts.append(set)
          index = end
        } else {
          parts.append(.scalar("["))
        }
      default: parts.append(.scalar(scalars[index]))
      }
      index += 1
    }
    self.parts = parts
  }

  /// The set that opens at `start`, and where it closes; nil where it does not, so that the bracket stands for itself.
  private static func set(in scalars: [Unicode.Scalar], from start: Int) -> (Part, Int)? {
    var index = start + 1
    var isNegated = false
    if index < scalars.count, scalars[index] == "!" || scalars[index] == "^" {
      isNegated = true
      index += 1
    }
    let first = index
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while index < scalars.count {
      // A closing bracket in the first place is a member.
      if scalars[index] == "]", index > first { return (.set(ranges: ranges, isNegated: isNegated), index) }
      if index + 2 < scalars.count, scalars[index + 1] == "-", scalars[index + 2] != "]" {
        if scalars[index] <= scalars[index + 2] { ranges.append(scalars[index]...scalars[index + 2]) }
        index += 3
      } else {
        ranges.append(scalars[index]...scalars[index])
        index += 1
      }
    }
    return nil
  }

  func matches(_ name: String) -> Bool {
    if name.hasPrefix("."), !text.hasPrefix(".") { return false }
    let scalars = Array(name.unicodeScalars)
    // Only the last star needs to be tried again, which keeps the time below the product of the lengths.
    var (part, scalar) = (0, 0)
    var retry: (part: Int, scalar: Int)?
    while scalar < scalars.count {
      if part < parts.count, case .anything = parts[part] {
        retry = (part, scalar)
        part += 1
      } else if part < parts.count, Self.matches(parts[part], scalars[scalar]) {
        part += 1
        scalar += 1
      } else if let last = retry {
        retry = (last.part, last.scalar + 1)
        part = last.part + 1
        scalar = last.scalar + 1
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { if case .anything = $0 { true } else { false } }
  }

  private static func matches(_ part: Part, _ scalar: Unicode.Scalar) -> Bool {
    switch part {
    case .anything: false
    case .one: true
    case .scalar(let other): scalar == other
    case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
    }
  }
}
