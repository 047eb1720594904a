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
    case .values(let end, let coefficients):
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

  /// Who asked and what the answer is, in the order of asking.
  func answers(from prepared: any PreparedModel) async throws -> [(asker: Int, answer: Answer)] {
    var outputs: [Int: [[Float]]] = [:]
    for (program, queue) in ends.sorted(by: { $0.key < $1.key }) {
      outputs[program] = try await prepared.outputs(program: program, of: queue.questions)
    }
    var responses: [Int: [PathResponse]] = [:]
    for (program, queue) in paths.sorted(by: { $0.key < $1.key }) {
      responses[program] = try await prepared.attribute(program: program, requests: queue.questions)
    }
    return places.compactMap { asker, place in
      switch place {
      case .known(let outputs, let coefficients): (asker, .values(Self.values(outputs, coefficients)))
      case .end(let program, let index, let coefficients):
        outputs[program].map { (asker, .values(Self.values($0[index], coefficients))) }
      case .path(let program, let index): responses[program].map { (asker, .path($0[index])) }
      }
    }
  }

  /// Σ_c coefficient_c F_c for each row of coefficients.
  private static func values(_ outputs: [Float], _ coefficients: [[Float]]) -> [Double] {
    coefficients.map { PathRequest.value(outputs, by: $0) }
  }
}
