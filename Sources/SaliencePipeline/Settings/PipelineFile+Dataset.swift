import SalienceDatasets
import SalienceReports

extension PipelineFile {
  static func dataset(_ node: PipelineNode, inputs: InputPaths) throws -> Pipeline.Dataset {
    try dataset(
      node, path: "dataset",
      columns: ["id", "text", "text_pair", "question", "context", "label", "rationale", "spans", "keep"],
      inputs: inputs)
  }

  /// Reads the keys of a dataset.
  ///
  /// - Parameters:
  ///   - path: keys from the root to it.
  ///   - columns: what its columns can be.
  static func dataset(
    _ node: PipelineNode, path: String, columns names: [String], inputs: InputPaths
  ) throws -> Pipeline.Dataset {
    let mapping = try MappingDecoder(
      node, path: path,
      keys: ["path", "format", "delimiter", "quote", "header", "columns", "max_length", "over_long"])
    _ = try mapping.required("path")
    let nodes = mapping.list("path") ?? []
    guard !nodes.isEmpty else { throw mapping.fault("path", "must name at least one file") }
    let isStandardInput = try nodes.contains {
      try MappingDecoder.string($0, path: mapping.name("path")) == Pipeline.Dataset.standardInput
    }
    guard !isStandardInput || nodes.count == 1 else {
      throw mapping.fault("path", "must be '-' alone to read standard input")
    }
    let paths =
      isStandardInput
      ? [Pipeline.Dataset.standardInput] : try nodes.map { try inputs.dataset($0, key: mapping.name("path")) }
    let options = try options(mapping, paths: paths)
    return Pipeline.Dataset(
      paths: paths, options: options, columns: try columns(mapping, names, paths: paths, format: options.format),
      maxLength: try mapping.integer("max_length", in: 1...1_000_000),
      overLong: try mapping.choice("over_long", Pipeline.OverLong.self) ?? .truncate)
  }

  private static func options(_ dataset: MappingDecoder, paths: [String]) throws -> DatasetOptions {
    var options = DatasetOptions()
    options.format = try dataset.choice("format", DatasetOptions.Format.self)
    if options.format == nil, paths == [Pipeline.Dataset.standardInput] {
      let names = DatasetOptions.Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw PipelineError(
        .usage, "the key '\(dataset.name("format"))' is required for standard input: one of \(names)",
        at: dataset.node("path")?.origin.description)
    }
    if let node = dataset.node("delimiter") { options.delimiter = try delimiter(node, path: dataset.name("delimiter")) }
    if let node = dataset.node("quote") {
      switch node.value {
      case .scalar("none", _): options.quote = .plain
      case .scalar("\"", _): options.quote = .enclosing
      default:
        throw MappingDecoder.mismatch(
          node, path: dataset.name("quote"), expected: "none or '\"'")
      }
    }
    options.header = try dataset.strings("header")
    for key in ["delimiter", "quote", "header"]
    where dataset.node(key) != nil && DatasetSource.isJSON(paths, as: options.format) {
      throw dataset.fault(key, "is no setting of JSON")
    }
    if let names = options.header, let name = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw dataset.fault("header", "names '\(name)' twice")
    }
    return options
  }

  private static func delimiter(_ node: PipelineNode, path: String) throws -> UInt8 {
    let named: [String: UInt8] = ["tab": 0x09, "\\t": 0x09]
    guard case .scalar(let text, _) = node.value,
      let byte = named[text] ?? (text.utf8.count == 1 ? text.utf8.first : nil),
      byte == 0x09 || (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\"")
    else {
      throw MappingDecoder.mismatch(
        node, path: path, expected: "one character, such as ',', ';', '|' or tab, and no quote")
    }
    return byte
  }

  private static func columns(
    _ dataset: MappingDecoder, _ names: [String], paths: [String], format: DatasetOptions.Format?
  ) throws -> ColumnMapping {
    if dataset.node("columns") == nil, let standard = ColumnMapping.standard(for: paths, as: format) {
      return standard
    }
    let columns = try MappingDecoder(
      try dataset.required("columns"), path: dataset.name("columns"), keys: names)
    // A question and its context are a text and its pair under the names of their task.
    for (key, other) in [("question", "text"), ("context", "text_pair")]
    where columns.node(key) != nil && columns.node(other) != nil {
      throw columns.fault(key, "is another name of '\(columns.name(other))': give one of them")
    }
    if columns.node("question") == nil { _ = try columns.required("text") }
    return ColumnMapping(
      id: try columns.string("id"), text: try columns.string("question") ?? columns.string("text") ?? "",
      textPair: try columns.string("context") ?? columns.string("text_pair"), label: try columns.string("label"),
      rationale: try columns.string("rationale"), spans: try columns.string("spans"), keep: try keep(columns))
  }

  private static func keep(_ columns: MappingDecoder) throws -> [String] {
    let names = try columns.strings("keep") ?? []
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw columns.fault("keep", "names '\(name)' twice")
    }
    for (index, name) in names.enumerated() {
      if PredictionRow.isTaken(name) {
        throw columns.fault("keep", "names '\(name)', which is a column of the predictions: rename it in the dataset")
      }
      // Readers of the tables tell no columns apart by case alone.
      if names[..<index].contains(where: { $0.lowercased() == name.lowercased() }) {
        throw columns.fault("keep", "names '\(name)' twice, but for upper and lower case")
      }
    }
    return names
  }
}
