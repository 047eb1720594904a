extension PatternParser {
  /// What follows a backslash outside a class.
  mutating func escape() throws(Failure) -> PatternNode {
    guard let scalar = next else { throw Failure(reason: "a lone backslash at the end") }
    position += 1
    switch scalar {
    case 0x62: return .wordBoundary(negated: false)  // \b
    case 0x42: return .wordBoundary(negated: true)  // \B
    case 0x41: return .startOfText  // \A
    case 0x7A: return .endOfText  // \z
    default:
      if let part = try namedSet(scalar) { return .set(ScalarSet([part])) }
      return .set(try literal(try escaped(scalar)))
    }
  }

  /// The set that `\s`, `\p{…}` and the like stand for; nil where the letter stands for no set.
  private mutating func namedSet(_ scalar: UInt32) throws(Failure) -> ScalarSet.Part? {
    switch scalar {
    case 0x73: return .classes(.whitespace, negated: false)  // \s
    case 0x53: return .classes(.whitespace, negated: true)
    case 0x77: return .classes(.patternWord, negated: false)  // \w
    case 0x57: return .classes(.patternWord, negated: true)
    case 0x64: return .categories(try categories("Nd"), negated: false)  // \d
    case 0x44: return .categories(try categories("Nd"), negated: true)
    case 0x68, 0x48:  // \h: hexadecimal digits
      let digits: [ScalarSet.Part] = [.range(0x30...0x39), .range(0x41...0x46), .range(0x61...0x66)]
      return .set(ScalarSet(digits, negated: scalar == 0x48))
    case 0x70, 0x50:  // \p{…}
      guard take("{") else { throw Failure(reason: "a property without braces") }
      var isNegated = scalar == 0x50
      if take("^") { isNegated.toggle() }
      var name = ""
      while let letter = next, letter != 0x7D, let own = Unicode.Scalar(letter) {
        name.unicodeScalars.append(own)
        position += 1
      }
      guard take("}") else { throw Failure(reason: "a property that is not closed") }
      // Scalars of other categories, such as U+0345, are the other case of letters.
      if ignoresCase {
        throw Failure(reason: "the property '\(name)' where case is ignored")
      }
      return .categories(try categories(name), negated: isNegated)
    default: return nil
    }
  }

  private func categories(_ name: String) throws(Failure) -> GeneralCategories {
    guard let categories = GeneralCategories(name: name) else { throw Failure(reason: "the property '\(name)'") }
    return categories
  }

  /// The scalar that a backslash and `scalar` stand for.
  private mutating func escaped(_ scalar: UInt32) throws(Failure) -> UInt32 {
    switch scalar {
    case 0x6E: return 0x0A  // \n
    case 0x72: return 0x0D
    case 0x74: return 0x09
    case 0x66: return 0x0C
    case 0x76: return 0x0B
    case 0x61: return 0x07
    case 0x65: return 0x1B
    case 0x75: return try hexadecimal(exactly: 4)
    case 0x78:
      guard take("{") else { throw Failure(reason: "'\\x' without braces") }
      let value = try hexadecimal(exactly: nil)
      guard take("}") else { throw Failure(reason: "'\\x{' that is not closed") }
      return value
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
      throw Failure(reason: "the escape '\\\(Unicode.Scalar(scalar).map { String($0) } ?? "")'")
    default: return scalar
    }
  }

  private mutating func hexadecimal(exactly count: Int?) throws(Failure) -> UInt32 {
    var digits = ""
    while digits.utf8.count < count ?? 8, let scalar = next.flatMap(Unicode.Scalar.init),
      scalar.properties.isASCIIHexDigit
    {
      digits.unicodeScalars.append(scalar)
      position += 1
    }
    guard !digits.isEmpty, count == nil || digits.utf8.count == count, let value = UInt32(digits, radix: 16),
      Unicode.Scalar(value) != nil
    else { throw Failure(reason: "a hexadecimal escape that names no scalar") }
    return value
  }

  /// A class, after its opening bracket.
  mutating func characterClass() throws(Failure) -> ScalarSet {
    try enter()
    defer { leave() }
    let isNegated = take("^")
    var parts: [ScalarSet.Part] = []
    var isFirst = true
    while let scalar = next {
      if scalar == 0x5D, !isFirst {  // ]
        position += 1
        return ScalarSet(parts, negated: isNegated)
      }
      isFirst = false
      if take("&&") { throw Failure(reason: "an intersection of classes") }
      if startsPOSIXClass { throw Failure(reason: "a POSIX class") }
      if take("[") {
        parts.append(.set(try characterClass()))
        continue
      }
      position += 1
      var first = scalar
      if scalar == 0x5C {
        guard let letter = next else { break }
        position += 1
        if let part = try namedSet(letter) {
          parts.append(letter == 0x77 || letter == 0x57 ? Self.wordInClass(negated: letter == 0x57) : part)
          continue
        }
        first = try escaped(letter)
      }
      parts += try folded(first...(try upperBound(from: first)))
    }
    throw Failure(reason: "a class that is not closed")
  }

  /// `\w` inside a class, where Oniguruma leaves out the superscripts and fractions of Latin-1.
  private static func wordInClass(negated: Bool) -> ScalarSet.Part {
    let others: [ScalarSet.Part] = [
      .classes(.patternWord, negated: true), .range(0xB2...0xB3), .range(0xB9...0xB9), .range(0xBC...0xBE),
    ]
    return .set(ScalarSet(others, negated: !negated))
  }

  /// Whether `[:name:]` comes next; any other `[:` opens a class inside the class.
  private var startsPOSIXClass: Bool {
    guard position + 1 < scalars.count, scalars[position] == 0x5B, scalars[position + 1] == 0x3A else { return false }
    let name = scalars[(position + 2)...].prefix { $0 == 0x5E || ($0 >= 0x61 && $0 <= 0x7A) }
    return scalars[name.endIndex...].starts(with: [0x3A, 0x5D])
  }

  /// The end of a range that starts with `first`, or `first` where none follows.
  private mutating func upperBound(from first: UInt32) throws(Failure) -> UInt32 {
    guard next == 0x2D, position + 1 < scalars.count, scalars[position + 1] != 0x5D else { return first }  // - ]
    position += 1
    guard var last = next else { return first }
    position += 1
    if last == 0x5C {
      guard let letter = next else { throw Failure(reason: "a lone backslash at the end") }
      position += 1
      last = try escaped(letter)
    } else if last == 0x5B {
      throw Failure(reason: "a range that ends in a class")
    }
    guard first <= last else { throw Failure(reason: "a range that runs backwards") }
    return last
  }
}
