import SalienceFoundation
import SalienceJSON

extension Manifest {
  static let format = 1

  /// The text of the manifest's file.
  var text: String {
    let json: JSONValue = [
      "format": .integer(Self.format),
      "model": .string(unit.model),
      "unit": .integer(unit.index),
      "first_row": .integer(unit.rows.lowerBound),
      "end_row": .integer(unit.rows.upperBound),
      "ends_dataset": .bool(endsDataset),
      "run": run.map(JSONValue.string) ?? nil,
      "counts": counts.json,
      "totals": totals.json,
      "parts": .array(parts.map(\.json)),
    ]
    return json.text(pretty: true) + "\n"
  }

  /// Reads a manifest's file.
  ///
  /// - Throws: `PipelineError.data` naming the file.
  package init(path: String) throws {
    let bytes = try DurableFile.read(path, limit: 16 << 20)
    func damaged(_ reason: String) -> PipelineError { PipelineError(.data, "not a manifest: \(reason)", at: path) }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw damaged("\(error)")
    }
    guard json["format"]?.intValue == Self.format else { throw damaged("unknown format") }
    guard let model = json["model"]?.stringValue, let index = json["unit"]?.intValue, index >= 0,
      let first = json["first_row"]?.intValue, let end = json["end_row"]?.intValue, 0 <= first, first <= end,
      let counts = json["counts"].flatMap(RowCounts.init), let totals = json["totals"].flatMap(UnitTotals.init),
      let parts = json["parts"]?.arrayValue
    else { throw damaged("a member is missing or has the wrong type") }
    self.init(
      unit: Unit(model: model, index: index, rows: Int64(first)..<Int64(end)), run: json["run"]?.stringValue,
      endsDataset: json["ends_dataset"]?.boolValue ?? false,
      parts: try parts.map { part in
        guard let part = Part(part) else { throw damaged("a part is incomplete") }
        return part
      }, counts: counts, totals: totals)
  }
}

extension Manifest.Part {
  var json: JSONValue {
    [
      "table": .string(table), "path": path.map(JSONValue.string) ?? nil,
      "staged": staged.map(JSONValue.string) ?? nil, "rows": .integer(rows),
      "sha256": sha256.map(JSONValue.string) ?? nil, "bytes": .integer(bytes),
    ]
  }

  /// Paths that leave the run directory are refused: a manifest may come from elsewhere.
  init?(_ json: JSONValue) {
    guard let table = json["table"]?.stringValue, !table.contains("/"), let rows = json["rows"]?.intValue, rows >= 0,
      let bytes = json["bytes"]?.intValue, bytes >= 0
    else { return nil }
    let paths = [json["path"]?.stringValue, json["staged"]?.stringValue, json["sha256"]?.stringValue]
    let present = paths.compactMap { $0 }
    guard present.count == (rows == 0 ? 0 : 3) else { return nil }
    guard present.allSatisfy({ !$0.hasPrefix("/") && !$0.split(separator: "/").contains("..") }) else { return nil }
    self.init(
      table: table, path: paths[0], staged: paths[1], rows: Int64(rows), sha256: paths[2], bytes: Int64(bytes))
  }
}
