import SalienceTensors

/// Runs methods over a batch of examples: gathers what they ask, has equal questions computed once, and hands out the
/// answers until every method has finished.
///
/// Questions of all methods and examples of a batch go to the device together, by program and kind, so that its batches
/// are full whatever the methods are.
struct Explainer {
  let model: AttributionModel

  /// Elements of outputs and coefficients that are held together: a language model has V of each for every token.
  static let heldOutputs = 1 << 22

  /// A method at work on one output of one input.
  private struct Live {
    let input: Int
    let method: Int
    let subject: Subject
    var run: any MethodRun
    /// What was asked last; empty when finished.
    var asks: [Ask] = []
    var explanations: [Explanation] = []
    /// What the answers to the method's questions took.
    var seconds = 0.0
    /// Whether it runs in float32 because it missed a tolerance in half precision.
    var isRepeated = false
  }

  /// What went wrong with an input; of several methods, the first one's.
  private typealias Failures = [Int: (method: Int, error: AttributionError)]

  /// Adds every method's explanations to the results, methods in the order of the model's; an input that cannot be
  /// explained fails alone.
  ///
  /// - Throws: where the backend fails.
  func explain(
    _ inputs: [TaskInput], _ results: inout [Result<ScoredInput, AttributionError>]
  ) async throws {
    let most = max(1, Self.heldOutputs / model.task.outputNames.count)
    var failures: Failures = [:]
    var live: [Live] = []
    var finished: [Live] = []
    for method in model.methods.indices {
      for input in inputs.indices {
        guard case .success(let scored) = results[input] else { continue }
        do {
          live += try begin(method, input, inputs[input], scored.decision)
        } catch let error as AttributionError {
          if failures[input] == nil { failures[input] = (method, error) }
        }
        if live.count >= most {
          finished += try await finish(live, results, &failures)
          live = []
        }
      }
    }
    finished += try await finish(live, results, &failures)
    for (input, failure) in failures { results[input] = .failure(failure.error) }
    let explanations = Dictionary(grouping: finished, by: \.input)
    for (input, own) in explanations {
      guard case .success(let scored) = results[input] else { continue }
      var explanations = scored.explanations + own.flatMap(\.explanations)
      if let faithfulness = model.faithfulness {
        let encoding = scored.decision.encoding
        Agreement.measure(&explanations, special: encoding.special, faithfulness)
        Plausibility.measure(&explanations, encoding, inputs[input].rationale, faithfulness)
      }
      let seconds = own.map { MethodTime(method: model.methods[$0.method].id, seconds: $0.seconds) }
      results[input] = .success(
        ScoredInput(decision: scored.decision, explanations: explanations, seconds: scored.seconds + seconds))
    }
  }

  /// A method at the beginning of each output that it explains of an input.
  private func begin(_ index: Int, _ input: Int, _ row: TaskInput, _ decision: Decision) throws -> [Live] {
    let method = model.methods[index]
    let targets = method.target == .label ? try model.task.targets(of: row.label) : [method.target]
    return try targets.flatMap { target in
      try model.task.outputs(of: target, for: decision, label: nil).map { output in
        let subject = Subject(
          encoding: decision.encoding, output: output, tokenizer: model.tokenizer, architecture: model.architecture,
          readout: model.task.readout(of: method.target), spans: row.spans)
        return Live(input: input, method: index, subject: subject, run: try run(of: index, about: subject))
      }
    }
  }

  /// A method at work, and then what is measured of its explanations.
  private func run(of index: Int, about subject: Subject) throws -> any MethodRun {
    let method = model.methods[index]
    guard let faithfulness = model.faithfulness else { return try method.begin(subject) }
    return try MeasuredRun(of: method, subject, faithfulness, isProbability: model.task.probability != nil)
  }

  /// Has the questions of all runs answered until none is left, and returns the runs that did not fail.
  private func finish(
    _ runs: [Live], _ results: [Result<ScoredInput, AttributionError>], _ failures: inout Failures
  ) async throws -> [Live] {
    var runs = runs
    var answers = runs.map { _ in [Answer]() }
    var active = Array(runs.indices)
    while !active.isEmpty {
      for index in active {
        do {
          try step(&runs[index], answers[index])
        } catch let error as AttributionError where error.code != .answer {
          let (input, method) = (runs[index].input, runs[index].method)
          if failures[input].map({ method < $0.method }) ?? true { failures[input] = (method, error) }
          runs[index].asks = []
          runs[index].explanations = []
        }
      }
      active = active.filter { !runs[$0].asks.isEmpty }
      try await answer(active, of: &runs, results, &answers)
    }
    return runs
  }

  /// Lets a run go on.
  ///
  /// Where half precision missed a tolerance the run begins anew in float32: where outputs differ by little, their
  /// rounding alone is more than the tolerance, and no number of points mends that.
  private func step(_ live: inout Live, _ answers: [Answer]) throws {
    let missed = answers.contains { if case .path(let path) = $0 { !path.converged } else { false } }
    var answers = answers
    if missed, !live.isRepeated, model.preciseProgramOfMethod[live.method] != nil {
      live.run = try run(of: live.method, about: live.subject)
      live.isRepeated = true
      answers = []
    }
    switch try live.run.next(answers) {
    case .ask(let asks): live.asks = asks
    case .finish(var explanations):
      for index in explanations.indices { explanations[index].isRepeated = live.isRepeated }
      live.asks = []
      live.explanations = explanations
    }
  }

  /// Answers what the active runs ask.
  private func answer(
    _ active: [Int], of runs: inout [Live], _ results: [Result<ScoredInput, AttributionError>],
    _ answers: inout [[Answer]]
  ) async throws {
    var questions = Questions()
    for index in active {
      let live = runs[index]
      answers[index] = []
      for ask in live.asks {
        let (program, precision) = self.program(of: live, for: ask)
        questions.add(
          ask, by: index, program: program, known: knownOutputs(of: live, ask, program: program, results),
          precision: precision)
      }
    }
    let found = try await questions.answers(from: model)
    for (index, answer) in found.answers { answers[index].append(answer) }
    // What is measured of explanations is none of the method's own time.
    for (index, seconds) in found.seconds where (runs[index].run as? MeasuredRun)?.isMeasuring != true {
      runs[index].seconds += seconds
    }
  }

  /// The program that answers a question, and its precision.
  private func program(of live: Live, for ask: Ask) -> (index: Int, precision: Precision) {
    if case .probabilities = ask { return (model.probabilityProgramOfMethod[live.method], model.precision) }
    if live.isRepeated, let precise = model.preciseProgramOfMethod[live.method] { return (precise, .f32) }
    return (model.programOfMethod[live.method], model.precision)
  }

  /// F at an end that the decision was made with.
  private func knownOutputs(
    of live: Live, _ ask: Ask, program: Int, _ results: [Result<ScoredInput, AttributionError>]
  ) -> [Float]? {
    guard program == model.decisionProgram, live.subject.output.isWhole, case .values(let end, _) = ask,
      end == live.subject.input
    else { return nil }
    return try? results[live.input].get().decision.outputs
  }
}
