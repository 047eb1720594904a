/// A model cut at its attribution layer, ready for a backend.
public struct PathProgram: Sendable {
  /// Ids to the attribution layer's value [T x H].
  public let prefix: Plan
  /// The attribution layer's value to the outputs [B x C], forward only.
  public let forward: Plan
  /// The same with the gradient towards the attribution layer.
  public let gradient: DifferentiatedPlan
  /// H at the attribution layer.
  public let width: Int
  /// C.
  public let outputCount: Int

  /// Cuts `model`, a plan from ids to one output, at `point`.
  ///
  /// - Throws: `TensorError` where the outputs do not depend on `point`.
  public init(model: Plan, point: ValueID) throws {
    guard model.outputs.count == 1, model.shape(of: point).rows == .tokens else {
      throw TensorError(.shape, "an attribution layer has one row a token, and a model one output")
    }
    prefix = try model.slice(from: [], to: [point]).fused()
    forward = try model.slice(from: [point], to: model.outputs).fused()
    gradient = try model.slice(from: [point], to: model.outputs, keepingAll: true).differentiated()
    width = model.shape(of: point).width
    outputCount = model.shape(of: model.outputs[0]).width
  }

  /// Every op of every part.
  package var operations: [any Operation] {
    (prefix.instructions + forward.instructions + gradient.plan.instructions).map(\.operation)
  }

  /// The weights that any part reads.
  public var parameters: [Parameter] {
    var seen = Set<Parameter>()
    return (prefix.parameters + gradient.plan.parameters).filter { seen.insert($0).inserted }
  }

  /// FLOPs of the matrix products at one point of the path, over sequences of these lengths.
  ///
  /// - Parameter targets: backward passes, one a target; 0 for the outputs alone.
  public func flopsPerStep(lengths: [Int], targets: Int) -> Int {
    let once = forward.flops(lengths: lengths)
    return once + targets * (gradient.plan.flops(lengths: lengths) - once)
  }
}
