import SalienceTensors

/// What a batch's methods ask at once, by program and kind, each question once.
struct Questions {
  /// Who asked, in the order of asking, and where the answer will be.
  private enum Place {
    case known([Float], coefficients: [[Float]])
    case end(program: Int, index: Int, coefficients: [[Float]])
    case path(program: Int, index: Int)
  }

  /// Different questions to one program, in the order of asking.
  private struct Queue<Question: Hashable> {
    var questions: [Question] = []
    private var places: [Question: Int] = [:]

    /// - Parameter again: is given the question that was asked before.
    mutating func place(of question: Question, again: (inout Question) -> Void = { _ in }) -> Int {
      if let known = places[question] {
        again(&questions[known])
        return known
      }
      places[question] = questions.count
      questions.append(question)
      return questions.count - 1
    }
  }

  private var places: [(asker: Int, place: Place)] = []
  private var ends: [Int: Queue<PathEnd>] = [:]
  private var paths: [Int: Queue<PathRequest>] = [:]

  /// - Parameters:
  ///   - asker: is given with the answer.
  ///   - known: the outputs, where they need not be computed.
  ///   - precision: of the program.
  mutating func add(_ ask: Ask, by asker: Int, program: Int, known: [Float]?, precision: Precision) {
    switch ask {
    case .values(let end, let coefficients), .probabilities(let end, let coefficients):
      if let known {
        places.append((asker, .known(known, coefficients: coefficients)))
      } else {
        let index = ends[program, default: Queue()].place(of: end)
        places.append((asker, .end(program: program, index: index, coefficients: coefficients)))
      }
    case .path(let request):
      let index = paths[program, default: Queue()].place(of: request.adapted(to: precision)) { $0.askers += 1 }
      places.append((asker, .path(program: program, index: index)))
    }
  }

  /// Who asked and what the answer is, in the order of asking; and the seconds that each asker's answers took.
  func answers(
    from model: AttributionModel
  ) async throws -> (answers: [(asker: Int, answer: Answer)], seconds: [Int: Double]) {
    var seconds: [Int: Double] = [:]
    let values = try await values(from: model, &seconds)
    var responses: [Int: [PathResponse]] = [:]
    for (program, queue) in paths.sorted(by: { $0.key < $1.key }) {
      let start = ContinuousClock.now
      let found = try await model.prepared.attribute(program: program, requests: queue.questions)
      responses[program] = found
      let work = zip(queue.questions, found).map { request, response in
        Double(request.input.sequence.count * max(1, response.pointCount) * request.cotangents.count)
      }
      share((ContinuousClock.now - start) / .seconds(1), by: work, into: &seconds) { place in
        if case .path(program, let index) = place { index } else { nil }
      }
    }
    let answers = places.enumerated().compactMap { index, asked -> (asker: Int, answer: Answer)? in
      switch asked.place {
      case .known(let outputs, let coefficients): (asked.asker, .values(Self.values(outputs, coefficients)))
      case .end: values[index].map { (asked.asker, .values($0)) }
      case .path(let program, let place): responses[program].map { (asked.asker, .path($0[place])) }
      }
    }
    return (answers, seconds)
  }

  /// Divides the time of one call among those who asked: by the questions' work, and equally among a question's askers.
  ///
  /// - Parameter question: the question of the call that a place is of; nil for another call's.
  private func share(
    _ elapsed: Double, by work: [Double], into seconds: inout [Int: Double], question: (Place) -> Int?
  ) {
    let all = work.reduce(0, +)
    guard all > 0 else { return }
    let asked = places.compactMap { asker, place in question(place).map { (asker: asker, question: $0) } }
    var askers = work.map { _ in 0.0 }
    for (_, question) in asked { askers[question] += 1 }
    for (asker, question) in asked {
      seconds[asker, default: 0] += elapsed * work[question] / all / askers[question]
    }
  }

  /// The values at ends that have to be computed, by the place of asking.
  ///
  /// Outputs are reduced to what was asked of them before the next ones are computed: a language model has V for each.
  private func values(
    from model: AttributionModel, _ seconds: inout [Int: Double]
  ) async throws -> [Int: [Double]] {
    var askers: [Int: [Int: [(place: Int, coefficients: [[Float]])]]] = [:]
    for (place, asked) in places.enumerated() {
      guard case .end(let program, let index, let coefficients) = asked.place else { continue }
      askers[program, default: [:]][index, default: []].append((place, coefficients))
    }
    var values: [Int: [Double]] = [:]
    for (program, queue) in ends.sorted(by: { $0.key < $1.key }) {
      let begun = ContinuousClock.now
      let most = max(1, Explainer.heldOutputs / model.programs[program].outputCount)
      for start in stride(from: 0, to: queue.questions.count, by: most) {
        let range = start..<min(start + most, queue.questions.count)
        let outputs = try await model.prepared.outputs(program: program, of: Array(queue.questions[range]))
        for (index, outputs) in zip(range, outputs) {
          for asker in askers[program]?[index] ?? [] {
            values[asker.place] = Self.values(outputs, asker.coefficients)
          }
        }
      }
      let work = queue.questions.map { Double($0.sequence.count) }
      share((ContinuousClock.now - begun) / .seconds(1), by: work, into: &seconds) { place in
        if case .end(program, let index, _) = place { index } else { nil }
      }
    }
    return values
  }

  /// Σ_c coefficient_c F_c for each row of coefficients.
  private static func values(_ outputs: [Float], _ coefficients: [[Float]]) -> [Double] {
    coefficients.map { PathRequest.value(outputs, by: $0) }
  }
}
