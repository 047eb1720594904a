import SalienceTensors

/// Questions put to the device, and what comes back.
extension AttributionModel {
  /// Adds a method's explanations of some questions to the results.
  func answer(
    _ questions: [Question], with index: Int, _ results: inout [Result<ScoredInput, AttributionError>]
  ) async throws {
    if questions.isEmpty { return }
    var answers = try await self.answers(to: questions, program: programOfMethod[index], results)
    let missed = answers.indices.filter { !answers[$0].response.converged }
    let repeated = try await preciseAnswers(to: missed.map { questions[$0] }, with: index, results)
    for (place, answer) in zip(missed, repeated) { answers[place] = answer }
    let again = Set(repeated.isEmpty ? [] : missed)
    for (place, (question, answer)) in zip(questions, answers).enumerated() {
      guard case .success(let scored) = results[question.input] else { continue }
      do {
        var own = try methods[index].explanations(
          of: question.output, outputs: answer.outputs, response: answer.response)
        for index in own.indices { own[index].isRepeated = again.contains(place) }
        results[question.input] = .success(
          ScoredInput(decision: scored.decision, explanations: scored.explanations + own))
      } catch let error as AttributionError {
        results[question.input] = .failure(error)
      }
    }
  }

  /// F(x) [C], and what a path gave.
  private typealias Answer = (outputs: [Float], response: PathResponse)

  private func answers(
    to questions: [Question], program: Int, _ results: [Result<ScoredInput, AttributionError>]
  ) async throws -> [Answer] {
    let ends = try await outputs(of: questions, program: program, results)
    let responses = try await prepared.attribute(program: program, requests: questions.map(\.request))
    return zip(ends, responses).map { ($0, $1) }
  }

  /// The same in float32 for those that missed a tolerance in half precision: where outputs differ by little, their
  /// rounding alone is more than the tolerance, and no number of points mends that.
  ///
  /// - Returns: nothing where the device computes in float32 anyway.
  private func preciseAnswers(
    to questions: [Question], with index: Int, _ results: [Result<ScoredInput, AttributionError>]
  ) async throws -> [Answer] {
    guard !questions.isEmpty, let program = preciseProgramOfMethod[index],
      let refinement = methods[index].refinement(in: .f32)
    else { return [] }
    let precise = questions.map { question in
      Question(
        input: question.input, output: question.output,
        request: PathRequest(
          input: question.request.input, baseline: question.request.baseline, refinement: refinement,
          cotangents: question.request.cotangents))
    }
    return try await answers(to: precise, program: program, results)
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
