import SalienceDatasets
import SalienceFoundation

/// Reads pipeline files.
public enum PipelineFile {
  /// Reads a pipeline file, puts overrides in place and checks every key and value.
  ///
  /// - Throws: `FileFault` where the file cannot be read; `PipelineError`: `missing` with the paths that were tried
  ///   where an input is not there; `usage` naming file, line and key, or the option, where the pipeline is wrong.
  public static func load(_ path: String, overrides: [PipelineOverride] = []) throws -> Pipeline {
    let bytes = try DurableFile.read(path, limit: 1 << 20)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PipelineError(.usage, "not UTF-8", at: path)
    }
    return try parse(text, path: path, overrides: overrides, inputs: InputPaths(besideFile: path))
  }

  /// Reads the text of a pipeline file, whose inputs are not looked for; see `load(_:overrides:)`.
  ///
  /// - Parameter path: names the file in errors, and the pipeline where it has no name.
  public static func parse(_ text: String, path: String, overrides: [PipelineOverride] = []) throws -> Pipeline {
    try parse(text, path: path, overrides: overrides, inputs: InputPaths())
  }

  private static func parse(
    _ text: String, path: String, overrides: [PipelineOverride], inputs: InputPaths
  ) throws -> Pipeline {
    // Some editors begin a file with a byte order mark, which libyaml takes for a value.
    let yaml = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    var root = try PipelineNode(yaml: yaml, path: path)
    for override in overrides { try root.apply(override) }
    let file = path.split(separator: "/").last.map(String.init) ?? "pipeline"
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    return try pipeline(root, defaultName: stem, inputs: inputs)
  }

  private static func pipeline(_ root: PipelineNode, defaultName: String, inputs: InputPaths) throws -> Pipeline {
    let top = try MappingDecoder(
      root, path: "",
      keys: ["name", "models"] + taskKeys
        + [
          "dataset", "methods", "budget", "faithfulness", "influence", "device", "precision", "output", "max_bad_rows",
        ])
    _ = try top.required("models")
    let models = try (top.list("models") ?? []).map { try inputs.model($0, key: "models") }
    guard !models.isEmpty else { throw top.fault("models", "must name at least one model") }
    let dataset = try dataset(try top.required("dataset"), inputs: inputs)
    let auto = try automaticMethod(top, columns: dataset.columns)
    return Pipeline(
      name: try top.string("name") ?? defaultName, models: models, task: try task(top), dataset: dataset,
      methods: try auto?.candidates ?? methods(top, columns: dataset.columns), auto: auto,
      faithfulness: try faithfulness(top, hasRationales: dataset.columns.rationale != nil),
      influence: try influence(top, models: models.count, dataset: dataset, inputs: inputs), device: try device(top),
      precision: try top.choice("precision", Pipeline.Precision.self) ?? .f32,
      output: try output(try top.required("output")), maxBadRows: try badRowLimit(top),
      origins: PipelineOrigins(root))
  }

  private static func output(_ node: PipelineNode) throws -> Pipeline.Output {
    let mapping = try MappingDecoder(
      node, path: "output", keys: ["directory", "formats", "compression", "text", "words"])
    let directory = try InputPaths.expand(try mapping.required("directory"), key: "output.directory")
    var formats: [Pipeline.Format] = [.parquet]
    for node in mapping.list("formats") ?? [] {
      let format = try MappingDecoder.choice(node, path: "output.formats", Pipeline.Format.self)
      if !formats.contains(format) { formats.append(format) }
    }
    return Pipeline.Output(
      directory: directory, formats: formats,
      compression: try mapping.choice("compression", Pipeline.Compression.self) ?? .zstd,
      text: try mapping.bool("text") ?? true,
      words: try mapping.string("words") == "none" ? nil : try mapping.choice("words", Pipeline.WordMerge.self))
  }

  private static func device(_ top: MappingDecoder) throws -> Pipeline.Device {
    guard let text = try top.string("device") else { return .auto }
    guard let device = Pipeline.Device(text) else {
      throw top.fault("device", Pipeline.Device.choices(insteadOf: text))
    }
    return device
  }

  private static func badRowLimit(_ top: MappingDecoder) throws -> BadRowLimit {
    guard let text = try top.string("max_bad_rows") else { return .standard }
    guard let limit = BadRowLimit(text) else {
      throw top.fault("max_bad_rows", "must be a number of rows or a share such as 1%, not '\(text)'")
    }
    return limit
  }
}
