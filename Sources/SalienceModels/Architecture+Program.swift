import SalienceTensors

extension Architecture {
  /// The whole model, from ids to logits and what is made of them.
  ///
  /// - Throws: `ModelError` with code `unsupported` where the family has no such head.
  public func graph(
    _ head: ModelHead, readout: Readout = .selectedRow, output: OutputFunction = .identity
  ) throws -> ModelGraph {
    try requireHead(head)
    var (plan, values) = (Plan(), ModelValues())
    let readsOne = readout == .selectedRow && output != .tokenSoftmax
    var hidden = try body(in: &plan, values: &values)
    if readsOne { hidden = try plan.selectedRow(hidden) }
    if readout == .mean { hidden = try plan.meanRow(hidden) }
    var result = try outputs(output, of: logits(head, of: hidden, in: &plan), in: &plan)
    if readout == .selectedRow && !readsOne { result = try plan.selectedRow(result) }
    if readout == .maximum { result = try plan.maximumRow(result) }
    plan.result(result)
    return ModelGraph(plan: plan, values: values)
  }

  private func outputs(_ function: OutputFunction, of logits: ValueID, in plan: inout Plan) throws -> ValueID {
    switch function {
    case .identity: logits
    case .softmax: try plan.softmax(logits)
    case .logSoftmax: try plan.logSoftmax(logits)
    case .sigmoid: try plan.sigmoid(logits)
    case .tokenSoftmax: try plan.tokenSoftmax(logits)
    }
  }

  /// The model cut as `spec` says.
  ///
  /// - Parameter savings: what is left out of the work; without some, results are the same but for rounding.
  /// - Throws: `ModelError` where the model has no such layer, tap or head.
  public func program(_ head: ModelHead, _ spec: ProgramSpec, savings: ExactSavings = .all) throws -> PathProgram {
    let graph = try graph(head, readout: spec.readout, output: spec.output)
    guard let point = graph.values.points[spec.layer] else { throw absence(of: spec.layer) }
    let inner = try spec.inner.map { layer in
      guard let value = graph.values.points[layer] else { throw absence(of: layer) }
      return value
    }
    func values(_ taps: [Tap]) throws -> [ValueID] {
      try taps.map { tap in
        guard let value = graph.values.taps[tap] else { throw absence(of: tap) }
        return value
      }
    }
    let inside = try values(spec.taps.filter { $0 != .classifierInput })
    let gradients = try values(spec.gradients)
    var plan = graph.plan
    let kept = [point] + inside + gradients + (inner.map { [$0] } ?? [])
    if savings.contains(.lastLayerRows), spec.rules?.allowsSelectedRows ?? true {
      plan = try plan.selectingRows(keeping: kept)
    }
    if savings.contains(.absorbedKeysValues), spec.rules?.allowsAbsorbedKeysValues ?? true {
      // Keys and values of the attribution layer itself cost nothing at a point of the path: they are blended.
      let isBlended = spec.rules != nil && savings.contains(.pathEdges)
      plan = try plan.absorbingKeysValues(except: isBlended ? point : nil)
    }
    // Selecting rows earlier gives what the head reads another name, so it is found at the end.
    let taps = try spec.taps.map { tap in
      let value = tap == .classifierInput ? plan.classifierInput : graph.values.taps[tap]
      guard let value else {
        throw ModelError(.invalid, "no \(tap): \(head.rawValue), read as \(spec.readout), has none")
      }
      return value
    }
    return try PathProgram(
      model: plan, point: point, inner: inner, taps: taps, gradients: gradients, rules: spec.rules, savings: savings,
      isRounded: spec.isRounded)
  }

  private func absence(of name: some CustomStringConvertible) -> ModelError {
    ModelError(.invalid, "no \(name): the model has encoder layers 0 to \(layerCount - 1)")
  }
}

extension Plan {
  /// The operand of the linear layer that gives the only output, one row per sequence; nil where something else does.
  fileprivate var classifierInput: ValueID? {
    let last = instructions.last { $0.operation is Linear && outputs.count == 1 && $0.outputs.first == outputs[0] }
    guard let input = last?.inputs.first, shape(of: input).rows == .sequences else { return nil }
    return input
  }
}

/// A plan with the values that have names.
public struct ModelGraph: Sendable {
  public let plan: Plan
  public let values: ModelValues
}
