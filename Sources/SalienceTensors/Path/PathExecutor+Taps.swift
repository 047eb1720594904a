/// Values inside a model, and gradients towards them.
extension PathExecutor {
  /// F and the values of the program's taps at each end, and the gradients that requests ask for.
  ///
  /// - Throws: `TensorError` with code `notDifferentiable` where the program has no such gradients.
  public func tapped(_ requests: [TapRequest]) throws -> [TappedOutputs] {
    if requests.contains(where: { !$0.cotangents.isEmpty || $0.place != nil }) { return try differentiated(requests) }
    let widths = program.forward.outputs.dropFirst().map { program.forward.shape(of: $0).width }
    return try values(program.forward.outputs[...], of: requests.map(\.end)).map { values in
      TappedOutputs(outputs: values[0], values: zip(widths, values.dropFirst()).map(TokenRows.init))
    }
  }

  private func differentiated(_ requests: [TapRequest]) throws -> [TappedOutputs] {
    let gradient = try gradient
    guard !gradient.gradient.readGradients.isEmpty else {
      throw TensorError(.notDifferentiable, "the program gives no gradients of values inside the model")
    }
    var answers: [TappedOutputs] = []
    for range in try MicroBatches(lengths: requests.map(\.end.sequence.count), capacity: capacity) {
      answers += try differentiated(Array(requests[range]), by: gradient)
    }
    return answers
  }

  /// One forward pass of a batch, and one backward pass per row of cotangents.
  private func differentiated(_ requests: [TapRequest], by gradient: GradientRun) throws -> [TappedOutputs] {
    let plan = gradient.differentiated
    let sequences = requests.map(\.end.sequence)
    let input = try storeEnds(requests.map(\.end))
    defer { kernels.release(input) }
    let isPath = requests.contains { $0.place != nil }
    let baseline = isPath ? try storeEnds(requests.map { $0.place?.baseline ?? $0.end }) : input
    defer { if isPath { kernels.release(baseline) } }
    var path = PathBatch()
    var row = 0
    for request in requests {
      path.append(exampleRow: row, alpha: request.place?.alpha ?? 1, weight: 1)
      row += request.end.sequence.count
    }
    try kernels.begin(PackedBatch(sequences))
    try run(
      Interpolation(
        input: input, baseline: baseline, path: path, output: gradient.handle(gradient.plan.inputs[0]),
        width: program.width))
    try gradient.run(0..<plan.backwardStart)
    let outputs = try rows([plan.plan.outputs[0]], of: sequences, gradient)
    let values = try rows(gradient.gradient.readValues, of: sequences, gradient)
    var gradients = [[[TokenRows]]](repeating: [], count: requests.count)
    for target in 0..<(requests.map(\.cotangents.count).max() ?? 0) {
      let cotangents = requests.flatMap { request in
        target < request.cotangents.count
          ? request.cotangents[target] : Array(repeating: 0, count: program.outputCount)
      }
      try kernels.write(cotangents, to: gradient.handle(plan.cotangent), at: 0)
      try gradient.run(plan.backwardStart..<gradient.plan.instructions.count)
      let found = try rows(gradient.gradient.readGradients, of: sequences, gradient)
      for (index, request) in requests.enumerated() where target < request.cotangents.count {
        gradients[index].append(found[index])
      }
    }
    return requests.indices.map {
      TappedOutputs(outputs: outputs[$0][0].elements, values: values[$0], gradients: gradients[$0])
    }
  }

  /// Values of the gradient's plan, by sequence.
  private func rows(
    _ values: [ValueID], of sequences: [TokenSequence], _ gradient: GradientRun
  ) throws -> [[TokenRows]] {
    var result = [[TokenRows]](repeating: [], count: sequences.count)
    for value in values {
      let shape = gradient.plan.shape(of: value)
      let counts = sequences.map { (shape.rows == .tokens ? $0.count : 1) * shape.width }
      var elements = try kernels.read(gradient.handle(value), count: counts.reduce(0, +))[...]
      for (index, count) in counts.enumerated() {
        result[index].append(TokenRows(width: shape.width, elements: Array(elements.prefix(count))))
        elements = elements.dropFirst(count)
      }
    }
    return result
  }
}
