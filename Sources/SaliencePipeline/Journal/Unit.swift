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
  public var partName: String { "part-\(Self.padded(index)).parquet" }
  /// `unit-00000.json`.
  public var manifestName: String { "unit-\(Self.padded(index)).json" }
  /// `unit-00000.rows`, the log of its rows while it is in flight; `unit-00000-2.rows` of a second process.
  static func logName(_ index: Int, number: Int) -> String {
    "unit-\(padded(index))\(number > 1 ? "-\(number)" : "").rows"
  }

  /// The index in a name that `partName` or `manifestName` gives, for messages; nil for any other name.
  static func index(ofPart name: String) -> Int? { number(in: name, between: "part-", and: ".parquet") }

  static func index(ofManifest path: String) -> Int? {
    number(in: path.split(separator: "/").last.map(String.init) ?? path, between: "unit-", and: ".json")
  }

  static func index(ofLog path: String) -> Int? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard name.hasPrefix("unit-"), name.hasSuffix(".rows") else { return nil }
    let numbers = name.dropFirst("unit-".count).dropLast(".rows".count).split(separator: "-")
    return (1...2).contains(numbers.count) ? Int(numbers[0]) : nil
  }

  private static func number(in name: String, between prefix: String, and suffix: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return nil }
    return Int(name.dropFirst(prefix.count).dropLast(suffix.count))
  }

  private static func padded(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  /// Units that `rows` rows make.
  public static func count(rows: Int64, unitRows: Int) -> Int { Int((rows + Int64(unitRows) - 1) / Int64(unitRows)) }
}
