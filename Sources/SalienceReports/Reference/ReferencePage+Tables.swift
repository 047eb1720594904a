import SalienceParquet

extension ReferencePage {
  /// Every table that is written, with its columns.
  public static let tables = ReferencePage(
    file: "tables.md", title: "Tables",
    introduction: """
      The columns of every table; those without "or null" are never null. [A run and what it holds](run-directory.md) \
      says where the tables are and more of what columns mean.
      """,
    sections: Table.allCases.map { section(of: $0.rowType) } + [
      """
      ## Tokens as CSV

      `tokens.csv`, which a run with `output.formats: [csv]` and `salience export` write: `model`, then the columns of \
      attributions, then `predicted`, `probability` and `label` of the prediction. A null is an empty cell and an empty \
      text `""`.
      """,
      section(of: InfluenceRow.self, place: "`influence.parquet` in the run directory."),
      section(
        of: WordRow.self, title: "Words as CSV",
        place: "`salience export --words`: `model`, then these columns, then `predicted`, `probability` and `label`."),
      section(
        of: ComparedExplanation.self, title: "Comparison",
        place: "`comparison.parquet` and `comparison.csv` in the folder of `salience compare --output`."),
      section(
        of: WordMovement.self, title: "Words of a comparison",
        place: "`words.parquet` and `words.csv` in the folder of `salience compare --output`."),
      section(
        of: GlobalRow.self, title: "Words of a run", place: "The file of `salience global --output`."),
      section(
        of: FactorRow.self, title: "Factors", place: "The file of `salience nmf --output`."),
    ])

  /// The section of one table.
  ///
  /// - Parameters:
  ///   - title: the table's name unless given.
  ///   - place: where the table is found, where that is not a folder of its name.
  public static func section<Row: TableRow>(of row: Row.Type, title: String? = nil, place: String? = nil) -> String {
    let table = row.table
    let title = title ?? table.name.prefix(1).uppercased() + table.name.dropFirst()
    let rows = table.columns.map { ["`\($0.name)`", $0.parquet.typeName, $0.doc] }
    let parts = [
      "## \(title)", [table.doc, place].compactMap { $0 }.joined(separator: " "),
      Self.table(["column", "type", "meaning"], rows),
    ]
    return parts.joined(separator: "\n\n")
  }
}

extension ParquetColumn {
  /// The type as readers show it.
  fileprivate var typeName: String {
    let name = type == .floatList ? "list of float" : type.rawValue
    return optional ? "\(name) or null" : name
  }
}
