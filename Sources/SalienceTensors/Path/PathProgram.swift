/// A model cut at its attribution layer, ready for a backend.
public struct PathProgram: Sendable {
  /// Ids to the attribution layer's value [T x H].
  public let prefix: Plan
  /// The attribution layer's value to the outputs [B x C], forward only.
  public let forward: Plan
  /// The same with the gradient towards the attribution layer.
  public let gradient: DifferentiatedPlan
  /// What of `gradient` runs once a path instead of at each of its points.
  public let edges: PathEdges
  /// What executors leave out.
  public let savings: ExactSavings
  /// H at the attribution layer.
  public let width: Int
  /// C.
  public let outputCount: Int

  /// Extents whose products have float32 operands whatever the backend's precision.
  ///
  /// Rows of whole sequences are the head's and, from attention on, the last layer's: they are few, and no later sum
  /// evens out what rounding does to them. On MiniLM-L6 in bf16 it makes half of what the attributions' sum and the
  /// outputs' difference disagree by.
  private static let preciseExtents: Set<RowExtent> = [.sequences]

  /// Cuts `model`, a plan from ids to one output, at `point`.
  ///
  /// - Parameter isRounded: false for float32 operands in every product, whatever the backend's precision.
  /// - Throws: `TensorError` where the outputs do not depend on `point`.
  public init(model: Plan, point: ValueID, savings: ExactSavings = .all, isRounded: Bool = true) throws {
    guard model.outputs.count == 1, model.shape(of: point).rows == .tokens else {
      throw TensorError(.shape, "an attribution layer has one row a token, and a model one output")
    }
    let model = model.keepingFloat32(isRounded ? Self.preciseExtents : [.tokens, .sequences])
    prefix = try model.slice(from: [], to: [point]).fused()
    forward = try model.slice(from: [point], to: model.outputs).fused()
    gradient = try model.slice(from: [point], to: model.outputs, keepingAll: true).differentiated()
    edges = savings.contains(.pathEdges) ? PathEdges(of: gradient) : PathEdges(none: gradient)
    self.savings = savings
    width = model.shape(of: point).width
    outputCount = model.shape(of: model.outputs[0]).width
  }

  /// `model` from `point` to its outputs, without a gradient: for predictions alone, of a row a token too.
  public init(predicting model: Plan, point: ValueID) throws {
    let model = model.keepingFloat32(Self.preciseExtents)
    prefix = try model.slice(from: [], to: [point]).fused()
    forward = try model.slice(from: [point], to: model.outputs).fused()
    gradient = .none
    edges = PathEdges(none: gradient)
    savings = .all
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
    return (prefix.parameters + forward.parameters + gradient.plan.parameters).filter { seen.insert($0).inserted }
  }

  /// What a path carries: the attribution layer's value and what is blended with it.
  var carried: [ValueID] { gradient.plan.inputs.prefix(1) + edges.blended }

  /// Elements that each end of a path takes a token.
  public var endWidth: Int { carried.reduce(0) { $0 + gradient.plan.shape(of: $1).width } }

  /// Elements that the sums along a path take a token and target.
  public var sumWidth: Int {
    if gradient.plan.inputs.isEmpty { return 0 }
    let operands = edges.summed.reduce(0) { $0 + gradient.plan.shape(of: $1).width }
    return edges.summed == [gradient.inputGradient] ? operands : operands + width
  }

  /// FLOPs of the matrix products that run once a path, beside its points: at both ends, and on each target's sum.
  public func flopsPerPath(lengths: [Int], targets: Int) -> Int {
    let plan = gradient.plan
    return 2 * plan.flops(lengths: lengths, of: 0..<edges.headEnd)
      + targets * plan.flops(lengths: lengths, of: edges.tailStart..<plan.instructions.count)
  }

  /// FLOPs of the matrix products at one point of the path, over sequences of these lengths.
  ///
  /// - Parameter targets: backward passes, one a target; 0 for the outputs alone, at an end.
  public func flopsPerStep(lengths: [Int], targets: Int) -> Int {
    if targets == 0 { return forward.flops(lengths: lengths) }
    let plan = gradient.plan
    return plan.flops(lengths: lengths, of: edges.headEnd..<gradient.backwardStart)
      + targets * plan.flops(lengths: lengths, of: gradient.backwardStart..<edges.tailStart)
  }
}
