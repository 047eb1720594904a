import SalienceAttribution
import SalienceDatasets
import SalienceFoundation
import SalienceJSON

extension PipelineFile {
  /// Reads `methods: auto`, with the key `budget` beside it, or a mapping whose name is `auto`; nil for methods that are
  /// named.
  ///
  /// - Parameter columns: of the dataset.
  static func automaticMethod(_ top: MappingDecoder, columns: ColumnMapping) throws -> AutomaticMethod? {
    let node = top.node("methods")
    let stands =
      switch node?.value {
      case .scalar(let text, _): text == name
      case .mapping(let entries): entries.contains { entry in isName(entry) }
      case .sequence(let elements): elements.contains { isAutomatic($0) }
      case .null, nil: false
      }
    guard let node, stands else {
      if top.node("budget") != nil { throw top.fault("budget", "is for 'methods: auto'") }
      return nil
    }
    if case .sequence = node.value { throw top.fault("methods", "has 'auto' in a list: it stands alone") }
    var own: MappingDecoder?
    if case .mapping = node.value {
      own = try MappingDecoder(node, path: "methods", keys: ["name", "budget", "sample", "seed", "candidates"])
    }
    let place = own?.node("budget") == nil ? top : own ?? top
    guard let text = try place.string("budget") else {
      throw top.fault("methods", "is auto, for which 'budget' must say how long the whole run may take, as in 2h")
    }
    guard let budget = AutomaticMethod.seconds(text) else {
      throw place.fault("budget", "must be a time such as 90s, 20m, 2h or 1h30m, not '\(text)'")
    }
    return AutomaticMethod(
      budget: budget, sample: try own?.integer("sample", in: 2...100_000) ?? AutomaticMethod.standardSample,
      seed: UInt64(try own?.integer("seed", in: 0...Int(UInt32.max)) ?? 0),
      candidates: try candidates(own, columns: columns))
  }

  private static let name = "auto"

  private static func isName(_ entry: PipelineNode.Entry) -> Bool {
    guard entry.key == "name", case .scalar(name, _) = entry.value.value else { return false }
    return true
  }

  private static func isAutomatic(_ node: PipelineNode) -> Bool {
    switch node.value {
    case .scalar(let text, _): text == name
    case .mapping(let entries): entries.contains { isName($0) }
    case .null, .sequence: false
    }
  }

  /// The methods to try: those that are listed, by name or with settings, or the usual ones; `random` is among them.
  private static func candidates(_ mapping: MappingDecoder?, columns: ColumnMapping) throws -> [Pipeline.Method] {
    let random = try Pipeline.Method(name: RandomAttribution.name, options: [])
    guard let mapping, let nodes = mapping.list("candidates") else {
      let sum = PipelineOverride(option: "reduction", path: "reduction", values: ["sum"])
      return try [
        Pipeline.Method(name: "gradient-x-input", options: [sum]), Pipeline.Method(name: "attnlrp", options: []),
        Pipeline.Method(name: "integrated-gradients", options: []), Pipeline.Method(name: "leave-one-out", options: []),
        Pipeline.Method(name: "lime", options: []), Pipeline.Method(name: "kernel-shap", options: []),
        Pipeline.Method(name: "shapley-sampling", options: []), Pipeline.Method(name: "partition-shap", options: []),
        random,
      ]
    }
    var methods: [Pipeline.Method] = []
    for (index, node) in nodes.enumerated() {
      var own = node
      if case .scalar = node.value {
        let entry = PipelineNode.Entry(key: "name", origin: node.origin, value: node)
        own = PipelineNode(value: .mapping([entry]), origin: node.origin)
      }
      let method = try method(own, path: "methods.candidates.\(index)", columns: columns)
      if methods.contains(where: { $0.id == method.id }) {
        throw PipelineError(
          .usage, "two candidates have the id '\(method.id)'; give each its own 'id'", at: node.origin.description)
      }
      methods.append(method)
    }
    guard methods.contains(where: { $0.name != random.name }) else {
      throw mapping.fault("candidates", "must name at least one method besides random")
    }
    return methods.contains { $0.name == random.name } ? methods : methods + [random]
  }
}

extension Pipeline {
  /// The pipeline with the method that a run of it has chosen when it began; nil where none was begun.
  ///
  /// - Throws: `PipelineError` where the run's records cannot be read.
  public func withChoice(of layout: RunLayout) throws -> Pipeline? {
    guard layout.hasJournal else { return nil }
    let stored = try RunFingerprint(path: layout.fingerprint).pipeline
    guard let choice = stored["auto"]?["choice"], choice.objectValue != nil,
      let methods = stored["methods"]?.arrayValue
    else { return nil }
    var pipeline = self
    pipeline.auto?.choice = choice
    pipeline.methods = try methods.enumerated().map { index, method in
      try PipelineFile.method(
        PipelineNode(yaml: method.text(), path: layout.fingerprint), path: "methods.\(index)",
        columns: dataset.columns)
    }
    return pipeline
  }
}
