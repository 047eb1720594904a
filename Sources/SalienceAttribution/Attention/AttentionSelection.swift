import SalienceModels

/// Layers and heads whose attention a method reads; nil for all.
public struct AttentionSelection: Sendable, Hashable {
  /// 0-based, ascending.
  public var layers: [Int]?
  /// 0-based, ascending.
  public var heads: [Int]?

  public init(layers: [Int]? = nil, heads: [Int]? = nil) {
    self.layers = layers
    self.heads = heads
  }

  func layers(of architecture: any Architecture) -> [Int] { layers ?? Array(0..<architecture.layerCount) }

  /// Checks layers and heads against a model, of which no weight is read.
  ///
  /// - Throws: `AttributionError` with code `usage` and the setting.
  func validate(for architecture: any Architecture, head: ModelHead) throws {
    if let index = layers?.first(where: { $0 >= architecture.layerCount }) {
      throw AttributionError(
        .usage, "no layer \(index): the model has layers 0 to \(architecture.layerCount - 1)", setting: .layers)
    }
    guard let heads else { return }
    let graph = try architecture.graph(head)
    for layer in layers(of: architecture) {
      let count = graph.attention(ofLayer: layer)?.heads ?? 0
      guard let index = heads.first(where: { $0 >= count }) else { continue }
      throw AttributionError(
        .usage, "no head \(index): layer \(layer) has heads 0 to \(count - 1)", setting: .heads)
    }
  }
}

/// What attention a method reads.
public struct AttentionReading: Sendable, Hashable {
  public var kind: AttentionQuestion.Kind
  public var selection: AttentionSelection

  public init(_ kind: AttentionQuestion.Kind, _ selection: AttentionSelection = AttentionSelection()) {
    self.kind = kind
    self.selection = selection
  }

  /// The values that a program gives for it.
  func taps(of architecture: any Architecture) -> [Tap] {
    selection.layers(of: architecture).map { .queriesKeysValues($0) }
  }

  /// The values whose gradients a program gives for it.
  func gradients(of architecture: any Architecture) -> [Tap] {
    kind == .gradient ? selection.layers(of: architecture).map { .context($0) } : []
  }
}
