/// A set of Unicode scalars: what one place of a regular expression matches.
struct ScalarSet: Sendable {
  /// One part of the set; the set holds what any part holds.
  enum Part: Sendable {
    case range(ClosedRange<UInt32>)
    /// Scalars of the categories, or all others.
    case categories(GeneralCategories, negated: Bool)
    /// Scalars of the classes, or all others.
    case classes(ScalarClasses, negated: Bool)
    case set(ScalarSet)
  }

  private var ranges: [ClosedRange<UInt32>] = []
  private var categories = GeneralCategories(rawValue: 0)
  private var classes = ScalarClasses(rawValue: 0)
  private var others: [Part] = []
  private var isNegated: Bool
  /// Membership of the scalars below 128.
  private(set) var ascii: (low: UInt64, high: UInt64) = (0, 0)

  init(_ parts: [Part], negated: Bool = false) {
    isNegated = negated
    for part in parts {
      switch part {
      case .range(let range): ranges.append(range)
      case .categories(let own, false): categories.formUnion(own)
      case .classes(let own, false): classes.formUnion(own)
      default: others.append(part)
      }
    }
    for scalar in UInt32(0)..<128 where evaluate(scalar) {
      if scalar < 64 { ascii.low |= 1 << UInt64(scalar) } else { ascii.high |= 1 << UInt64(scalar - 64) }
    }
  }

  @inline(__always)
  func contains(_ scalar: UInt32) -> Bool {
    if scalar < 64 { return ascii.low >> UInt64(scalar) & 1 == 1 }
    if scalar < 128 { return ascii.high >> UInt64(scalar - 64) & 1 == 1 }
    return evaluate(scalar)
  }

  private func evaluate(_ scalar: UInt32) -> Bool {
    if categories.contains(scalar: scalar) { return !isNegated }
    if !classes.isEmpty, !ScalarClasses.table[scalar].isDisjoint(with: classes) { return !isNegated }
    for range in ranges where range.contains(scalar) { return !isNegated }
    for part in others where Self.contains(part, scalar) { return !isNegated }
    return isNegated
  }

  private static func contains(_ part: Part, _ scalar: UInt32) -> Bool {
    switch part {
    case .range(let range): range.contains(scalar)
    case .categories(let own, let negated): own.contains(scalar: scalar) != negated
    case .classes(let own, let negated): !ScalarClasses.table[scalar].isDisjoint(with: own) != negated
    case .set(let set): set.contains(scalar)
    }
  }
}
