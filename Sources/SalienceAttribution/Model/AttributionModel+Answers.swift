import SalienceTensors

/// Questions put to the device, and what comes back.
extension AttributionModel {
  /// Adds a method's explanations of some questions to the results.
  func answer(
    _ questions: [Question], with index: Int, _ results: inout [Result<ScoredInput, AttributionError>]
  ) async throws {
    if questions.isEmpty { return }
    var answers = try await self.answers(to: questions, program: programOfMethod[index], in: precision, results)
    let missed = answers.indices.filter { !answers[$0].response.converged }
    let repeated = try await preciseAnswers(to: missed.map { questions[$0] }, with: index, results)
    for (place, answer) in zip(missed, repeated) { answers[place] = answer }
    for (question, answer) in zip(questions, answers) {
      guard case .success(let scored) = results[question.input] else { continue }
      do {
        var own = try methods[index].explanations(
          of: question.output, outputs: answer.outputs, response: answer.response)
        for index in own.indices { own[index].isRepeated = answer.isRepeated }
        results[question.input] = .success(
          ScoredInput(decision: scored.decision, explanations: scored.explanations + own))
      } catch let error as AttributionError {
        results[question.input] = .failure(error)
      }
    }
  }

  /// F(x) [C], what a path gave, and whether half precision had missed the tolerance before.
  private typealias Answer = (outputs: [Float], response: PathResponse, isRepeated: Bool)

  private func answers(
    to questions: [Question], program: Int, in precision: Precision,
    _ results: [Result<ScoredInput, AttributionError>]
  ) async throws -> [Answer] {
    let ends = try await outputs(of: questions, program: program, results)
    let responses = try await prepared.attribute(
      program: program, requests: questions.map { $0.request.adapted(to: precision) })
    return zip(ends, responses).map { ($0, $1, isRepeated: false) }
  }

  /// The same in float32 for those that missed a tolerance in half precision: where outputs differ by little, their
  /// rounding alone is more than the tolerance, and no number of points mends that.
  ///
  /// - Returns: nothing where the device computes in float32 anyway.
  private func preciseAnswers(
    to questions: [Question], with index: Int, _ results: [Result<ScoredInput, AttributionError>]
  ) async throws -> [Answer] {
    guard !questions.isEmpty, let program = preciseProgramOfMethod[index] else { return [] }
    return try await answers(to: questions, program: program, in: .f32, results).map {
      ($0.outputs, $0.response, isRepeated: true)
    }
  }

  /// F at the input of each question; the decision's own where that is the same.
  private func outputs(
    of questions: [Question], program: Int, _ results: [Result<ScoredInput, AttributionError>]
  ) async throws -> [[Float]] {
    let known: [[Float]?] = questions.map { question in
      guard program == decisionProgram, question.output.isWhole else { return nil }
      return try? results[question.input].get().decision.outputs
    }
    let missing = zip(questions, known).filter { $0.1 == nil }.map(\.0.request.input)
    var computed = try await prepared.outputs(program: program, of: missing)[...]
    return known.map { $0 ?? computed.popFirst() ?? [] }
  }
}
