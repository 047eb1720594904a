import SalienceJSON

/// What `methods: auto` asks for: the most faithful of some methods that explains every row within a time.
public struct AutomaticMethod: Sendable, Equatable {
  /// Seconds for the whole dataset under all models.
  public var budget: Double
  /// Rows that the methods are tried on.
  public var sample: Int
  /// Another number, other rows.
  public var seed: UInt64
  /// The methods that are tried, `random` among them, which nothing is chosen by.
  public var candidates: [Pipeline.Method]
  /// What was found and chosen; nil until then.
  public var choice: JSONValue?

  public static let standardSample = 32

  public init(
    budget: Double, sample: Int = standardSample, seed: UInt64 = 0, candidates: [Pipeline.Method],
    choice: JSONValue? = nil
  ) {
    self.budget = budget
    self.sample = sample
    self.seed = seed
    self.candidates = candidates
    self.choice = choice
  }

  /// Seconds of `90s`, `20m`, `2h`, `1d` or several of them, `1h30m`; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    var (sum, number) = (0.0, "")
    for character in text {
      if let unit = units[character] {
        guard let value = Double(number), value.isFinite, value >= 0 else { return nil }
        sum += value * unit
        number = ""
      } else if character.isASCII, character.isNumber || character == "." {
        number.append(character)
      } else {
        return nil
      }
    }
    return number.isEmpty && sum > 0 && sum.isFinite ? sum : nil
  }

  /// Under the names of the pipeline file, and the choice.
  var json: JSONValue {
    [
      "budget_seconds": .double(budget), "sample": .integer(sample), "seed": .integer(seed),
      "candidates": .array(candidates.map(\.json)), "choice": choice ?? .null,
    ]
  }
}
