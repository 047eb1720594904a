import SalienceTensors

/// What a batch's methods ask at once, by program and kind, each question once.
struct Questions {
  /// Who asked, in the order of asking, and where the answer will be.
  enum Place {
    case known([Float], coefficients: [[Float]])
    case end(program: Int, index: Int, Reading)
    case path(program: Int, index: Int)
    case inside(program: Int, index: Int, InsideQuestion)
  }

  /// What is made of the outputs at an end.
  enum Reading {
    /// Σ_c coefficient_c F_c for each row of coefficients.
    case sums([[Float]])
    case logProbability(Int)
    case largest

    func values(_ outputs: [Float]) -> [Double] {
      switch self {
      case .sums(let coefficients): coefficients.map { PathRequest.value(outputs, by: $0) }
      case .logProbability(let index): [logSoftmax(outputs, at: index)]
      case .largest:
        // An output that is no number makes the index one too, which fails the example.
        outputs.allSatisfy(\.isFinite)
          ? [Double(outputs.indices.max { (outputs[$0], -$0) < (outputs[$1], -$1) } ?? 0)] : [.nan]
      }
    }
  }

  /// Different questions to one program, in the order of asking.
  struct Queue<Question: Hashable> {
    private(set) var questions: [Question] = []
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

  private(set) var places: [(asker: Int, place: Place)] = []
  private var ends: [Int: Queue<PathEnd>] = [:]
  private var paths: [Int: Queue<PathRequest>] = [:]
  private(set) var tapped: [Int: Queue<[TapRequest]>] = [:]

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
        places.append((asker, .end(program: program, index: index, .sums(coefficients))))
      }
    case .logProbability(let end, let token):
      let index = ends[program, default: Queue()].place(of: end)
      places.append((asker, .end(program: program, index: index, .logProbability(Int(token)))))
    case .largest(let end):
      let index = ends[program, default: Queue()].place(of: end)
      places.append((asker, .end(program: program, index: index, .largest)))
    case .path(let request):
      let index = paths[program, default: Queue()].place(of: request.adapted(to: precision)) { $0.askers += 1 }
      places.append((asker, .path(program: program, index: index)))
    case .inside(let requests, let question):
      let index = tapped[program, default: Queue()].place(of: requests)
      places.append((asker, .inside(program: program, index: index, question)))
    }
  }

  /// Who asked and what the answer is, in the order of asking; and the seconds that each asker's answers took.
  func answers(
    from model: AttributionModel
  ) async throws -> (answers: [(asker: Int, answer: Answer)], seconds: [Int: Double]) {
    let start = ContinuousClock.now
    let values = try await values(from: model)
    let inside = try await insideAnswers(from: model)
    var responses: [Int: [PathResponse]] = [:]
    for (program, queue) in paths.sorted(by: { $0.key < $1.key }) {
      responses[program] = try await model.prepared.attribute(program: program, requests: queue.questions)
    }
    let seconds = shares(of: (ContinuousClock.now - start) / .seconds(1), responses, from: model)
    let answers = places.enumerated().compactMap { index, asked -> (asker: Int, answer: Answer)? in
      switch asked.place {
      case .known(let outputs, let coefficients): (asked.asker, .values(Reading.sums(coefficients).values(outputs)))
      case .end: values[index].map { (asked.asker, .values($0)) }
      case .path(let program, let place): responses[program].map { (asked.asker, .path($0[place])) }
      case .inside: inside[index].map { (asked.asker, .inside($0)) }
      }
    }
    return (answers, seconds)
  }

  /// Divides the time of all answers among those who asked: by the FLOPs of their questions, and equally among the
  /// askers of one question.
  ///
  /// What each call took would tell less: workers wait for each other's cores in the short ones as long as in the others.
  private func shares(
    of elapsed: Double, _ responses: [Int: [PathResponse]], from model: AttributionModel
  ) -> [Int: Double] {
    struct Question: Hashable {
      let program, index: Int
      let kind: Kind
      enum Kind { case end, path, tapped }
    }
    struct Step: Hashable { let program, tokens, targets: Int }
    var known: [Step: Double] = [:]
    func flops(_ step: Step) -> Double {
      if let flops = known[step] { return flops }
      let flops = Double(
        model.programs[step.program].flopsPerStep(lengths: [step.tokens], targets: step.targets))
      known[step] = flops
      return flops
    }
    var asked: [(asker: Int, question: Question)] = []
    var askers: [Question: Double] = [:]
    for (asker, place) in places {
      let question: Question
      switch place {
      case .known: continue
      case .end(let program, let index, _): question = Question(program: program, index: index, kind: .end)
      case .path(let program, let index): question = Question(program: program, index: index, kind: .path)
      case .inside(let program, let index, _):
        question = Question(program: program, index: index, kind: .tapped)
      }
      asked.append((asker, question))
      askers[question, default: 0] += 1
    }
    var work: [Int: Double] = [:]
    for (asker, question) in asked {
      var own = 0.0
      if question.kind == .path, let request = paths[question.program]?.questions[question.index] {
        let points = Double(
          max(1, responses[question.program]?[question.index].pointCount ?? 1) * max(1, request.samples.count))
        let tokens = request.input.sequence.count
        own =
          points * flops(Step(program: question.program, tokens: tokens, targets: request.cotangents.count))
      } else if question.kind == .tapped, let requests = tapped[question.program]?.questions[question.index] {
        own = requests.reduce(0) { sum, request in
          let (tokens, targets) = (request.end.sequence.count, request.cotangents.count)
          return sum + flops(Step(program: question.program, tokens: tokens, targets: targets))
        }
      } else if let end = ends[question.program]?.questions[question.index] {
        own = flops(Step(program: question.program, tokens: end.sequence.count, targets: 0))
      }
      work[asker, default: 0] += own / (askers[question] ?? 1)
    }
    let all = work.values.reduce(0, +)
    return all > 0 ? work.mapValues { elapsed * $0 / all } : [:]
  }

  /// The values at ends that have to be computed, by the place of asking.
  ///
  /// Outputs are reduced to what was asked of them before the next ones are computed: a language model has V for each.
  private func values(from model: AttributionModel) async throws -> [Int: [Double]] {
    var askers: [Int: [Int: [(place: Int, reading: Reading)]]] = [:]
    for (place, asked) in places.enumerated() {
      guard case .end(let program, let index, let reading) = asked.place else { continue }
      askers[program, default: [:]][index, default: []].append((place, reading))
    }
    var values: [Int: [Double]] = [:]
    for (program, queue) in ends.sorted(by: { $0.key < $1.key }) {
      let most = max(1, Explainer.heldOutputs / model.programs[program].outputCount)
      for start in stride(from: 0, to: queue.questions.count, by: most) {
        let range = start..<min(start + most, queue.questions.count)
        let outputs = try await model.prepared.outputs(program: program, of: Array(queue.questions[range]))
        for (index, outputs) in zip(range, outputs) {
          for asker in askers[program]?[index] ?? [] {
            values[asker.place] = asker.reading.values(outputs)
          }
        }
      }
    }
    return values
  }
}
