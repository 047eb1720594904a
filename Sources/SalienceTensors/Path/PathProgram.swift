/// A model cut at its attribution layer, ready for a backend.
public struct PathProgram: Sendable {
  /// Ids to the attribution layer's value [T x H].
  public let prefix: Plan
  /// The attribution layer's value to the outputs [B x C] and then the tapped values [T x W] or [B x W], forward only.
  public let forward: Plan
  /// The same with the gradient towards the attribution layer; nil where the program only predicts.
  public let gradient: PathGradient?
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
  /// - Parameters:
  ///   - inner: the value after `point` that gradients are taken towards; `point` itself by default.
  ///   - taps: values inside the model that the program gives besides its outputs, one row per token, or one for the
  ///     whole sequence where there are no `gradients`; those before `point` are of the ids alone, whatever is done to
  ///     the value at `point`.
  ///   - gradients: values inside the model whose gradients the program gives, one row per token each.
  ///   - rules: how gradients pass the ops; nil for a program that only predicts, of one row per token too.
  ///   - isRounded: false for float32 operands in every product, whatever the backend's precision.
  /// - Throws: `TensorError` where the outputs do not depend on `point`.
  public init(
    model: Plan, point: ValueID, inner: ValueID? = nil, taps: [ValueID] = [], gradients: [ValueID] = [],
    rules: BackwardRules? = .exact, savings: ExactSavings = .all, isRounded: Bool = true
  ) throws {
    let layers = [point] + gradients + (inner.map { [$0] } ?? []) + (gradients.isEmpty ? [] : taps)
    guard model.outputs.count == 1, layers.allSatisfy({ model.shape(of: $0).rows == .tokens }) else {
      throw TensorError(.shape, "an attribution layer has one row per token, and a model has one output")
    }
    let model = model.keepingFloat32(isRounded ? Self.preciseExtents : [.tokens, .sequences])
    prefix = try model.slice(from: [], to: [point]).fused()
    forward = try model.slice(from: [point], to: model.outputs + taps).fused()
    gradient = try rules.map {
      let read = gradients.isEmpty ? [] : taps + gradients
      var plan = try model.slice(
        from: [point], to: model.outputs + read + (inner.map { [$0] } ?? []), keepingAll: true)
      let target = inner.map { _ in plan.outputs.removeLast() }
      let values = Array(plan.outputs[1...])
      plan.outputs = [plan.outputs[0]]
      return try PathGradient(
        of: plan, towards: target, readValues: Array(values.prefix(read.count - gradients.count)),
        readGradients: Array(values.suffix(gradients.count)), rules: $0, savings: savings)
    }
    width = model.shape(of: point).width
    outputCount = model.shape(of: model.outputs[0]).width
  }

  /// Elements per token of all tapped values.
  public var tapWidth: Int { forward.outputs.dropFirst().reduce(0) { $0 + forward.shape(of: $1).width } }

  /// Elements per token and row of cotangents of all gradients of values inside the model.
  public var readGradientWidth: Int {
    gradient.map { gradient in gradient.readGradients.reduce(0) { $0 + gradient.plan.shape(of: $1).width } } ?? 0
  }

  /// The plans of all parts.
  private var plans: [Plan] { [prefix, forward] + (gradient.map { [$0.plan] } ?? []) }

  /// Every op of every part.
  package var operations: [any Operation] { plans.flatMap(\.instructions).map(\.operation) }

  /// The weights that any part reads.
  public var parameters: [Parameter] {
    var seen = Set<Parameter>()
    return plans.flatMap(\.parameters).filter { seen.insert($0).inserted }
  }

  /// Elements per token of each end of a path; 0 without a gradient.
  public var endWidth: Int { gradient?.endWidth ?? 0 }

  /// Elements per token and target of the sums along a path; 0 without a gradient.
  public var sumWidth: Int { gradient?.sumWidth ?? 0 }

  /// FLOPs of the matrix products that run once per path, beside its points: at both ends, and on each target's sum.
  public func flopsPerPath(lengths: [Int], targets: Int) -> Int {
    guard let gradient else { return 0 }
    let (plan, edges) = (gradient.plan, gradient.edges)
    return 2 * plan.flops(lengths: lengths, of: 0..<edges.headEnd)
      + targets * plan.flops(lengths: lengths, of: edges.tailStart..<plan.instructions.count)
  }

  /// FLOPs of the matrix products at one point of the path, over sequences of these lengths.
  ///
  /// - Parameter targets: backward passes, one per target; 0 for the outputs alone, at an end.
  public func flopsPerStep(lengths: [Int], targets: Int) -> Int {
    guard targets > 0, let gradient else { return forward.flops(lengths: lengths) }
    let (plan, edges) = (gradient.plan, gradient.edges)
    let backwardStart = gradient.differentiated.backwardStart
    return plan.flops(lengths: lengths, of: edges.headEnd..<backwardStart)
      + targets * plan.flops(lengths: lengths, of: backwardStart..<edges.tailStart)
  }
}
