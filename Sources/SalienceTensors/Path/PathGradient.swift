/// A program's gradient towards its attribution layer, and how it is summed along paths.
public struct PathGradient: Sendable {
  /// The attribution layer's value to the outputs, and back.
  public let differentiated: DifferentiatedPlan
  /// What of the plan runs once per path instead of at each of its points.
  public let edges: PathEdges
  /// What executors leave out.
  public let savings: ExactSavings

  /// - Parameters:
  ///   - plan: of one input and one output.
  ///   - value: towards which value; the input by default.
  ///   - readValues: values that stay readable.
  ///   - readGradients: values whose gradients stay readable.
  /// - Throws: `TensorError` with code `notDifferentiable`.
  init(
    of plan: Plan, towards value: ValueID? = nil, readValues: [ValueID] = [], readGradients: [ValueID] = [],
    rules: BackwardRules, savings: ExactSavings
  ) throws {
    differentiated = try plan.differentiated(
      by: rules.rule, towards: value, reading: readGradients, keeping: readValues)
    self.readValues = readValues
    let hasEdges = savings.contains(.pathEdges) && value == nil && readGradients.isEmpty
    edges = hasEdges ? PathEdges(of: differentiated) : PathEdges(none: differentiated)
    self.savings = savings
    pointsTogether = rules.pointsTogether
    isOfInput = value == nil
  }

  /// Values of the forward pass that stay readable.
  let readValues: [ValueID]
  /// Gradients on the way that stay readable.
  var readGradients: [ValueID] { differentiated.readGradients }

  /// Forward and backward pass in one.
  public var plan: Plan { differentiated.plan }

  /// Points of a path that are evaluated together.
  let pointsTogether: Int

  /// Whether it is towards the input, where a path's ends lie.
  let isOfInput: Bool

  /// Elements per token of the gradient.
  var width: Int { plan.shape(of: differentiated.inputGradient).width }

  /// What a path carries: the attribution layer's value and what is blended with it.
  var carried: [ValueID] { plan.inputs.prefix(1) + edges.blended }

  /// Elements per token of each end of a path.
  var endWidth: Int { carried.reduce(0) { $0 + plan.shape(of: $1).width } }

  /// Elements per token and target of the sums along a path.
  var sumWidth: Int {
    let operands = edges.summed.reduce(0) { $0 + plan.shape(of: $1).width }
    return edges.summed == [differentiated.inputGradient]
      ? operands : operands + plan.shape(of: differentiated.inputGradient).width
  }
}
