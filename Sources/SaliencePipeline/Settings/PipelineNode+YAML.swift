extension PipelineNode {
  /// Reads one YAML 1.1 document; an empty one is a mapping without entries.
  ///
  /// - Throws: `PipelineError.usage` naming `origin`'s file and the line.
  init(yaml: String, path: String) throws {
    do {
      let node = try YAMLComposer.compose(yaml) { .file(path, line: $0) }
      self = node ?? PipelineNode(value: .mapping([]), origin: .file(path, line: 1))
    } catch let failure as YAMLComposer.Failure {
      let reason = failure.message.isEmpty ? "not YAML" : "not YAML: \(failure.message)"
      throw PipelineError(
        .usage, failure.isRefused ? failure.message : reason, at: failure.line.map { "\(path):\($0)" } ?? path)
    }
  }

  /// Reads a value given with an option, as YAML, so that lists and numbers can be given.
  init(optionValue: String, option: String) throws {
    do {
      let node = try YAMLComposer.compose(optionValue) { _ in .option(option) }
      self = node ?? PipelineNode(value: .null, origin: .option(option))
    } catch let failure as YAMLComposer.Failure {
      throw PipelineError(.usage, failure.isRefused ? failure.message : "the value is not YAML", at: option)
    }
  }
}
