extension AttributionModel {
  /// FLOPs of the matrix products that predict and explain one example whose baseline no other one shares.
  ///
  /// - Parameters:
  ///   - tokens: of the example.
  ///   - evaluations: points of the path, one number per method.
  public func flops(tokens: Int, evaluations: [Int]) -> Int { flops(windows: [tokens], evaluations: evaluations) }

  /// The same for a text that is read in windows: all of them are predicted, and one is explained.
  ///
  /// - Parameter windows: tokens of each; the longest counts as the one that is explained.
  public func flops(windows: [Int], evaluations: [Int]) -> Int {
    let tokens = windows.max() ?? 0
    let prediction = windows.reduce(0) {
      $0 + programs[decisionProgram].flopsPerStep(lengths: [$1], targets: 0)
    }
    let outputs = task.expectedOutputs(tokens: tokens)
    return zip(methods, evaluations).enumerated().reduce(prediction) { sum, entry in
      let (index, (method, evaluations)) = entry
      let program = programs[programOfMethod[index]]
      let targets = method.target == .all ? task.outputNames.count : 1
      let baseline = program.flopsPerStep(lengths: [tokens], targets: 0)
      let path =
        baseline + program.flopsPerPath(lengths: [tokens], targets: targets)
        + evaluations * program.flopsPerStep(lengths: [tokens], targets: targets)
      return sum + outputs * path
    }
  }

  /// Elements that are held of each token of an example at once, by the methods whose questions go to one program together.
  public var heldElementsPerToken: Int {
    programs.indices.map { program in
      zip(methods, programOfMethod).reduce(0) { sum, entry in
        entry.1 == program ? sum + entry.0.cost.heldElementsPerToken(of: programs[program]) : sum
      }
    }.max() ?? 0
  }
}
