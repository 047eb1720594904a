extension AttributionModel {
  /// FLOPs of the matrix products that predict and explain one example whose baseline no other one shares.
  ///
  /// - Parameter windows: tokens of each window that the text is read in: all of them are predicted, and one is
  ///   explained, which counts as the longest.
  public func flops(windows: [Int]) -> Int {
    let tokens = windows.max() ?? 0
    let prediction = windows.reduce(0) {
      $0 + programs[decisionProgram].flopsPerStep(lengths: [$1], targets: 0)
    }
    let explanation = zip(methods, programOfMethod).reduce(0) { sum, entry in
      let (method, program) = (entry.0, programs[entry.1])
      let cost = method.cost(tokens: tokens)
      let targets = method.target == .all ? task.outputNames.count : 1
      let value = program.flopsPerStep(lengths: [tokens], targets: 0)
      var work = cost.values * value
      if cost.evaluations > 0 {
        work += value + program.flopsPerPath(lengths: [tokens], targets: targets)
        work += cost.evaluations * program.flopsPerStep(lengths: [tokens], targets: targets)
      }
      return sum + (1 + (faithfulness?.repetitions(of: method) ?? 0)) * work
    }
    // Under random weights everything is explained once more.
    let all = (isLoadedTwice ? 2 : 1) * explanation + measurement(tokens: tokens)
    return prediction + task.expectedOutputs(tokens: tokens) * all
  }

  /// Copies of a text of so many tokens, or points of paths, that are evaluated to measure the explanations of one of its outputs.
  public func measuredCopies(tokens: Int) -> Int {
    guard let faithfulness else { return 0 }
    return methods.count * faithfulness.ownCopies(tokens: tokens) + faithfulness.leaveOneOutCopies(tokens: tokens)
      + faithfulness.infidelityCopies
      + methods.reduce(0) { $0 + faithfulness.repetitions(of: $1) * $1.cost(tokens: tokens).evaluationsPerRound }
  }

  /// FLOPs of what is measured of one output's explanations: copies of the text, which are at most as long as it is.
  private func measurement(tokens: Int) -> Int {
    guard let faithfulness else { return 0 }
    func value(of program: Int) -> Int { programs[program].flopsPerStep(lengths: [tokens], targets: 0) }
    let own = zip(methods, probabilityProgramOfMethod).reduce(0) { sum, entry in
      let targets = entry.0.target == .all ? task.outputNames.count : 1
      return sum + targets * faithfulness.ownCopies(tokens: tokens) * value(of: entry.1)
    }
    let removals = faithfulness.leaveOneOutCopies(tokens: tokens)
    let samples = faithfulness.infidelityCopies
    return own + Set(probabilityProgramOfMethod).reduce(0) { $0 + (1 + removals) * value(of: $1) }
      + Set(programOfMethod).reduce(0) { $0 + samples * value(of: $1) }
  }

  /// Elements that are held of each token of an example at once, by the methods whose questions go to one program together.
  public var heldElementsPerToken: Int {
    programs.indices.map { program in
      zip(methods, programOfMethod).reduce(0) { sum, entry in
        entry.1 == program
          ? sum + entry.0.cost(tokens: MethodCost.usualTokens).heldElementsPerToken(of: programs[program]) : sum
      }
    }.max() ?? 0
  }
}
