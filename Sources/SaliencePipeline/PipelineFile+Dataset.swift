import SalienceDatasets

extension PipelineFile {
  static func dataset(_ node: PipelineNode) throws -> Pipeline.Dataset {
    let mapping = try MappingDecoder(
      node, path: "dataset", keys: ["path", "columns", "max_length", "over_long"])
    _ = try mapping.required("path")
    let paths = try mapping.strings("path") ?? []
    guard !paths.isEmpty else { throw mapping.fault("path", "must name at least one file") }
    return Pipeline.Dataset(
      paths: paths, columns: try columns(mapping, paths: paths),
      maxLength: try mapping.integer("max_length", in: 1...1_000_000),
      overLong: try mapping.choice("over_long", Pipeline.OverLong.self) ?? .truncate)
  }

  private static func columns(_ dataset: MappingDecoder, paths: [String]) throws -> Pipeline.Columns {
    if dataset.node("columns") == nil, let standard = ColumnMapping.standard(for: paths) {
      return Pipeline.Columns(
        id: standard.id, text: standard.text, textPair: standard.textPair, label: standard.label, keep: [])
    }
    let columns = try MappingDecoder(
      try dataset.required("columns"), path: "dataset.columns",
      keys: ["id", "text", "text_pair", "question", "context", "label", "keep"])
    // A question and its context are a text and its pair under the names of their task.
    for (key, other) in [("question", "text"), ("context", "text_pair")]
    where columns.node(key) != nil && columns.node(other) != nil {
      throw columns.fault(key, "is another name of '\(columns.name(other))': give one of them")
    }
    if columns.node("question") == nil { _ = try columns.required("text") }
    return Pipeline.Columns(
      id: try columns.string("id"), text: try columns.string("question") ?? columns.string("text") ?? "",
      textPair: try columns.string("context") ?? columns.string("text_pair"), label: try columns.string("label"),
      keep: try keep(columns))
  }

  private static func keep(_ columns: MappingDecoder) throws -> [String] {
    let names = try columns.strings("keep") ?? []
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw columns.fault("keep", "names '\(name)' twice")
    }
    return names
  }
}
