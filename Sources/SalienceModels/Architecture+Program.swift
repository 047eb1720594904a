import SalienceTensors

extension Architecture {
  /// The whole model, from ids to logits.
  ///
  /// - Parameter everyRow: compute every token's row of the last layer too where one alone is read; for attribution to
  ///   the last layer's output.
  /// - Parameter absorbsKeysValues: where one row of the last layer is read, do without its keys and values.
  /// - Throws: `ModelError` with code `unsupported` where the family has no such head.
  public func graph(
    _ head: ModelHead, readout: Readout = .selectedRow, output: OutputFunction = .identity, everyRow: Bool = false,
    absorbsKeysValues: Bool = true
  ) throws -> ModelGraph {
    try requireHead(head)
    var plan = Plan()
    var points: [AttributionLayer: ValueID] = [:]
    let readsOne = readout == .selectedRow && output != .tokenSoftmax
    let rows = readsOne && !everyRow ? .selected(absorbsKeysValues: absorbsKeysValues) : HiddenRows.every
    var hidden = try body(rows, in: &plan, points: &points)
    if readsOne && everyRow { hidden = try plan.selectedRow(hidden) }
    if readout == .mean { hidden = try plan.meanRow(hidden) }
    var result = try outputs(output, of: logits(head, of: hidden, in: &plan), in: &plan)
    if readout == .selectedRow && !readsOne { result = try plan.selectedRow(result) }
    if readout == .maximum { result = try plan.maximumRow(result) }
    plan.result(result)
    return ModelGraph(plan: plan, points: points)
  }

  private func outputs(_ function: OutputFunction, of logits: ValueID, in plan: inout Plan) throws -> ValueID {
    switch function {
    case .identity: logits
    case .softmax: try plan.softmax(logits)
    case .sigmoid: try plan.sigmoid(logits)
    case .tokenSoftmax: try plan.tokenSoftmax(logits)
    }
  }

  /// The model cut as `spec` says.
  ///
  /// - Parameter savings: what is left out of the work; without some, results are the same but for rounding.
  /// - Throws: `ModelError` where the model has no such layer or head.
  public func program(_ head: ModelHead, _ spec: ProgramSpec, savings: ExactSavings = .all) throws -> PathProgram {
    let everyRow = spec.layer == .encoder(layerCount - 1) || !savings.contains(.lastLayerRows)
    let absorbs = savings.contains(.absorbedKeysValues)
    var graph = try graph(
      head, readout: spec.readout, output: spec.output, everyRow: everyRow, absorbsKeysValues: absorbs)
    // Keys and values of the attribution layer itself cost nothing at a point of the path: they are blended.
    if spec.rules != nil, savings.contains(.pathEdges),
      try graph.plan.absorbsKeysValues(of: point(spec.layer, of: graph))
    {
      graph = try self.graph(
        head, readout: spec.readout, output: spec.output, everyRow: everyRow, absorbsKeysValues: false)
    }
    return try PathProgram(
      model: graph.plan, point: point(spec.layer, of: graph), rules: spec.rules, savings: savings,
      isRounded: spec.isRounded)
  }

  private func point(_ layer: AttributionLayer, of graph: ModelGraph) throws -> ValueID {
    guard let point = graph.points[layer] else {
      throw ModelError(.invalid, "no \(layer): the model has encoder layers 0 to \(layerCount - 1)")
    }
    return point
  }
}
