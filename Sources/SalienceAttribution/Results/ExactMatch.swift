/// Whether two answers are the same, as SQuAD's official evaluation counts exact matches: without regard to case, ASCII
/// punctuation, the articles a, an and the, and how much white space there is.
///
/// Source: `normalize_answer` of the evaluation script, which transformers' `squad_metrics` repeats.
struct ExactMatch {
  private let normalized: [[Unicode.Scalar]]

  init(_ answer: String) {
    let kept = answer.lowercased().unicodeScalars.filter { !Self.isPunctuation($0) }
    var words: [[Unicode.Scalar]] = [[]]
    var run: [Unicode.Scalar] = []
    // An article is a whole run of letters and digits; a space takes its place.
    func endRun() {
      if ["a", "an", "the"].contains(where: { $0.unicodeScalars.elementsEqual(run) }) {
        words.append([])
      } else {
        words[words.count - 1] += run
      }
      run = []
    }
    for scalar in kept {
      // A final sigma is another letter only by its place, of which lowercasing knows nothing here.
      let scalar = scalar == "\u{3C2}" ? "\u{3C3}" : scalar
      if Self.isWordCharacter(scalar) {
        run.append(scalar)
        continue
      }
      endRun()
      if scalar.properties.isWhitespace { words.append([]) } else { words[words.count - 1].append(scalar) }
    }
    endRun()
    normalized = words.filter { !$0.isEmpty }
  }

  func matches(_ other: ExactMatch) -> Bool { normalized == other.normalized }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  /// What Python's `\w` takes, whose underscore is punctuation already.
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}
