import SalienceAttribution

extension PipelineFile {
  /// Reads the list of methods, or the one method that stands for a list.
  ///
  /// - Parameter hasLabels: whether the dataset has a column of labels.
  static func methods(_ top: MappingDecoder, hasLabels: Bool) throws -> [Pipeline.Method] {
    _ = try top.required("methods")
    let nodes = top.list("methods") ?? []
    guard !nodes.isEmpty else { throw top.fault("methods", "must name at least one method") }
    var methods: [Pipeline.Method] = []
    for (index, node) in nodes.enumerated() {
      let method = try method(node, path: "methods.\(index)", hasLabels: hasLabels)
      if methods.contains(where: { $0.id == method.id }) {
        throw PipelineError(
          .usage, "two methods have the id '\(method.id)'; give each its own 'id'", at: node.origin.description)
      }
      methods.append(method)
    }
    return methods
  }

  /// Reads one method.
  static func method(_ node: PipelineNode, path: String, hasLabels: Bool) throws -> Pipeline.Method {
    let integral = ["steps", "quadrature", "tolerance", "max_steps", "baseline", "keep_special", "noise"]
    let mapping = try MappingDecoder(
      node, path: path, keys: ["name", "id"] + integral + ["normalize", "target", "layer", "output", "reduction"])
    _ = try mapping.required("name")
    let name = try mapping.choice("name", Pipeline.MethodName.self) ?? .integratedGradients
    let foreign = name == .gradientTimesInput ? integral : ["reduction"]
    for key in foreign where mapping.node(key) != nil {
      throw mapping.fault(key, "is no setting of \(name.rawValue)")
    }
    let id = try mapping.string("id") ?? name.rawValue
    guard isIdentifier(id) else {
      throw mapping.fault("id", "must be letters, digits, '-', '_' and '.', beginning with a letter or a digit")
    }
    let target = try target(mapping)
    if target == .label, !hasLabels {
      throw mapping.fault("target", "is label, for which 'dataset.columns.label' must name the column of labels")
    }
    return Pipeline.Method(
      name: name, id: id, rule: try rule(mapping), baseline: try baseline(mapping),
      keepSpecial: try mapping.bool("keep_special") ?? true,
      normalize: try mapping.choice("normalize", Pipeline.Normalization.self)
        ?? (name == .gradientTimesInput ? .l1 : .l2),
      target: target,
      layer: try layer(mapping) ?? (name == .gradientTimesInput ? .wordEmbeddings : .embeddings),
      output: try mapping.choice("output", Pipeline.OutputKind.self) ?? .logit,
      reduction: try mapping.choice("reduction", GradientTimesInput.Reduction.self) ?? .l2,
      noise: try noise(mapping))
  }

  /// Ids become names of columns and files in reports.
  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: false
      }
    }
    return isAlphanumeric(first) && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
  }

  private static func rule(_ mapping: MappingDecoder) throws -> Pipeline.Rule {
    let steps = try mapping.integer("steps", in: 1...100_000)
    let quadrature = try mapping.choice("quadrature", Pipeline.Quadrature.self)
    let tolerance = try mapping.positiveNumber("tolerance")
    let maxSteps = try mapping.integer("max_steps", in: AdaptiveQuadrature.minimumSteps...100_000)
    if tolerance != nil || maxSteps != nil {
      let key = tolerance != nil ? "tolerance" : "max_steps"
      if steps != nil || quadrature != nil {
        throw mapping.fault(key, "cannot stand beside 'steps' or 'quadrature'")
      }
      if mapping.node("noise") != nil {
        throw mapping.fault(key, "cannot stand beside 'noise'; give 'steps' and 'quadrature'")
      }
      guard let tolerance else {
        throw mapping.fault("max_steps", "limits what a 'tolerance' takes; give that, or 'steps' instead")
      }
      return .adaptive(tolerance: tolerance, maxSteps: maxSteps ?? AdaptiveQuadrature.defaultMaxSteps)
    }
    let rule = Pipeline.Rule.fixed(steps: steps ?? 50, quadrature: quadrature ?? .gaussLegendre)
    switch quadrature {
    case .trapezoid, .clenshawCurtis, .riemannTrapezoid:
      if let steps, steps < 2 { throw mapping.fault("steps", "must be at least 2 with this quadrature") }
    default: break
    }
    return rule
  }

  private static func baseline(_ mapping: MappingDecoder) throws -> Pipeline.Baseline {
    switch try mapping.string("baseline") ?? "pad" {
    case "pad": .pad
    case "mask": .mask
    case "unk": .unk
    case "zero": .zero
    case let token: .token(token)
    }
  }

  private static func target(_ mapping: MappingDecoder) throws -> Pipeline.Target {
    guard let node = mapping.node("target") else { return .predicted }
    let path = mapping.name("target")
    switch node.value {
    case .scalar("predicted", _): return .predicted
    case .scalar("all", _): return .all
    case .scalar("label", _): return .label
    case .scalar("maximum", _): return .maximum
    case .mapping:
      let contrast = try MappingDecoder(node, path: path, keys: ["contrast"])
      let pair = contrast.list("contrast") ?? []
      guard pair.count == 2 else { throw contrast.fault("contrast", "must be a list of two classes") }
      return .contrast(
        try className(pair[0], path: contrast.name("contrast")),
        try className(pair[1], path: contrast.name("contrast")))
    default: return .class(try className(node, path: path))
    }
  }

  private static func className(_ node: PipelineNode, path: String) throws -> Pipeline.ClassName {
    let text = try MappingDecoder.string(node, path: path)
    let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
    guard case .scalar(_, plain: true) = node.value, !digits.isEmpty,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return .name(text) }
    guard let index = Int(text), (0...Int(Int32.max)).contains(index) else {
      throw PipelineError(
        .usage, "'\(path)' must be a class's name or its index from 0 to \(Int32.max), not \(text.prefix(32))",
        at: node.origin.description)
    }
    return .index(index)
  }

  private static func layer(_ mapping: MappingDecoder) throws -> Pipeline.Layer? {
    guard let text = try mapping.string("layer") else { return nil }
    switch text {
    case "embeddings": return .embeddings
    case "word-embeddings": return .wordEmbeddings
    default:
      let words = text.split(separator: " ")
      if words.count == 3, words[0] == "encoder", words[1] == "layer", let index = Int(words[2]), index >= 0 {
        return .encoder(index)
      }
      throw mapping.fault("layer", "must be embeddings, word-embeddings or 'encoder layer N', not '\(text)'")
    }
  }
}
