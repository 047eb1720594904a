import SalienceAttribution
import SalienceJSON

extension PipelineFile {
  /// Reads the key `faithfulness`: names of metrics, `all`, or a mapping that has settings beside them; nil where
  /// nothing is to be measured.
  ///
  /// - Parameter hasRationales: whether the dataset has a column of what people marked.
  static func faithfulness(_ top: MappingDecoder, hasRationales: Bool) throws -> Faithfulness? {
    let key = "faithfulness"
    guard let node = top.node(key) else { return nil }
    guard case .mapping = node.value else {
      return try metrics(top, key, hasRationales).map { Faithfulness($0) }
    }
    let mapping = try MappingDecoder(node, path: key, keys: ["metrics", "samples", "top", "seed"])
    _ = try mapping.required("metrics")
    guard let metrics = try metrics(mapping, "metrics", hasRationales) else { return nil }
    return Faithfulness(
      metrics, samples: try mapping.integer("samples", in: 1...10_000) ?? Faithfulness.standardSamples,
      top: try mapping.integer("top", in: 1...10_000) ?? Faithfulness.standardTop,
      seed: UInt64(try mapping.integer("seed", in: 0...Int(UInt32.max)) ?? 0))
  }

  /// `all`, `none`, or names of metrics.
  private static func metrics(
    _ mapping: MappingDecoder, _ key: String, _ hasRationales: Bool
  ) throws -> [FaithfulnessMetric]? {
    let nodes = mapping.list(key) ?? []
    guard !nodes.isEmpty else { throw mapping.fault(key, "must name at least one metric, or all or none") }
    if nodes.count == 1 {
      switch try MappingDecoder.string(nodes[0], path: mapping.name(key)) {
      case "all": return FaithfulnessMetric.usual.filter { hasRationales || !$0.isOfPeople }
      case "none": return nil
      default: break
      }
    }
    return try nodes.map { node in
      let metric = try MappingDecoder.choice(node, path: mapping.name(key), FaithfulnessMetric.self)
      guard hasRationales || !metric.isOfPeople else {
        throw mapping.fault(
          key,
          "names \(metric.rawValue), for which 'dataset.columns.rationale' must name the column of what people marked")
      }
      return metric
    }
  }
}

extension Faithfulness {
  /// As `run.json` shows it.
  var json: JSONValue {
    [
      "metrics": .array(metrics.map { .string($0.rawValue) }), "samples": .integer(samples), "top": .integer(top),
      "seed": .integer(Int(clamping: seed)),
    ]
  }
}
