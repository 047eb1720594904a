import SalienceCheckpoints
import SalienceTensors

/// A model family: what it makes of a configuration.
public protocol Architecture: Sendable {
  /// `model_type` in config.json.
  static var modelType: String { get }

  /// - Throws: `CheckpointError` or `ModelError` naming the key at fault.
  init(_ configuration: ModelConfiguration) throws

  /// Most tokens of a sequence.
  var maximumLength: Int { get }
  /// N of the encoder layers.
  var layerCount: Int { get }
  /// V: ids are below it.
  var vocabularySize: Int { get }
  /// Whether token types are an input of the model.
  var readsTypeIDs: Bool { get }

  /// From ids to C logits of a sequence classifier.
  ///
  /// - Parameter everyRow: compute every token's row of the last layer too, though the classifier reads the first
  ///   alone; for attribution to the last layer's output.
  func sequenceClassifier(everyRow: Bool) throws -> ModelGraph
}

extension Architecture {
  /// Positions count from 0; families that count otherwise say so.
  public func sequence(ids: [Int32], typeIDs: [Int32]) -> TokenSequence {
    TokenSequence(
      wordIDs: ids, positionIDs: (0..<Int32(ids.count)).map { $0 },
      typeIDs: readsTypeIDs ? typeIDs : Array(repeating: 0, count: ids.count))
  }

  /// The classifier cut at a layer.
  ///
  /// - Throws: `ModelError` where the model has no such layer.
  public func program(at layer: AttributionLayer, savings: ExactSavings = .all) throws -> PathProgram {
    let graph = try sequenceClassifier(everyRow: layer == .encoder(layerCount - 1) || !savings.contains(.lastLayerRows))
    guard let point = graph.points[layer] else {
      throw ModelError(.invalid, "no \(layer): the model has encoder layers 0 to \(layerCount - 1)")
    }
    return try PathProgram(model: graph.plan, point: point, savings: savings)
  }
}

/// A plan with the values at which it can be cut.
public struct ModelGraph: Sendable {
  public let plan: Plan
  public let points: [AttributionLayer: ValueID]
}
