/// A fixed range of the dataset's rows under one model: what is scored, published and repeated as a whole.
public struct Unit: Sendable, Hashable {
  /// NAME in `model=NAME`.
  public let model: String
  /// Position among the model's units.
  public let index: Int
  /// Rows, half open; the dataset's end may cut the last unit short.
  public let rows: Range<Int64>

  public init(model: String, index: Int, rows: Range<Int64>) {
    self.model = model
    self.index = index
    self.rows = rows
  }

  /// `part-00000.parquet`, with as many digits as it takes.
  public var partName: String { "part-\(padded).parquet" }
  /// `unit-00000.json`.
  public var manifestName: String { "unit-\(padded).json" }

  /// The index in a name that `partName` or `manifestName` gives, for messages; nil for any other name.
  static func index(ofPart name: String) -> Int? { number(in: name, between: "part-", and: ".parquet") }

  static func index(ofManifest path: String) -> Int? {
    number(in: path.split(separator: "/").last.map(String.init) ?? path, between: "unit-", and: ".json")
  }

  private static func number(in name: String, between prefix: String, and suffix: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    return Int(name.dropFirst(prefix.count).dropLast(suffix.count))
  }

  private var padded: String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  /// Units that `rows` rows make.
  public static func count(rows: Int64, unitRows: Int) -> Int { Int((rows + Int64(unitRows) - 1) / Int64(unitRows)) }
}
