import SalienceAttribution
import SalienceJSON

extension ScoredExample {
  /// The example as JSON: the rows of its tables, each with members named like the columns and in their order.
  ///
  /// Nulls are written, and NaN and infinity become null. Numbers that the tables narrow have all their digits.
  ///
  /// - Throws: `ReportError.invalidExample` where arrays differ in count.
  public func json(includeText: Bool = true) throws -> JSONValue {
    _ = try checkedTokenCount()
    let row = try PredictionRow(self, TableContents())
    let texts: Set<String> = includeText ? [] : ["text", "text_pair"]
    var members = PredictionRow.table.json(of: row, without: Self.ofDataset.union(texts))
    members.append(JSONMember(name: "explanations", value: .array(try explanations.map(json))))
    return .object(members)
  }

  /// Columns that a row of a dataset has and a single text has not.
  private static let ofDataset: Set<String> = ["label_index", "correct", "dataset_file"]

  private func json(_ explanation: Explanation) throws -> JSONValue {
    let row = try ExplanationRow(explanation, of: self, TableContents())
    var members = ExplanationRow.table.json(of: row, without: ["row", "example_id"])
    let tokens = try AttributionRow.rows(of: explanation, of: self).map { token in
      JSONValue.object(
        AttributionRow.table.json(of: token, without: ExplanationKey.names.union(["word_attribution"])))
    }
    members.append(JSONMember(name: "tokens", value: .array(tokens)))
    return .object(members)
  }
}
