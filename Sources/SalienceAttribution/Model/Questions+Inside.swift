import SalienceTensors

extension Questions {
  /// Elements of values and gradients inside the model that are held together.
  private static let heldElements = 1 << 24

  /// What was asked of the inside of the model, by the place of asking.
  ///
  /// Values become answers before the next ones are computed, text by text on as many cores as there are.
  func insideAnswers(from model: AttributionModel) async throws -> [Int: InsideAnswer] {
    var askers: [Int: [Int: [(place: Int, question: InsideQuestion)]]] = [:]
    for (place, asked) in places.enumerated() {
      guard case .inside(let program, let index, let question) = asked.place else { continue }
      askers[program, default: [:]][index, default: []].append((place, question))
    }
    var answers: [Int: InsideAnswer] = [:]
    for (program, queue) in tapped.sorted(by: { $0.key < $1.key }) {
      var start = 0
      while start < queue.questions.count {
        var (end, elements) = (start, 0)
        repeat {
          elements += model.programs[program].elements(of: queue.questions[end])
          end += 1
        } while end < queue.questions.count && elements < Self.heldElements
        let requests = queue.questions[start..<end]
        let tapped = try await model.prepared.tapped(program: program, requests.flatMap { $0 })
        await withTaskGroup(of: [(Int, InsideAnswer)].self) { group in
          var first = 0
          for (index, requests) in zip(start..<end, requests) {
            let own = tapped[first..<first + requests.count]
            first += requests.count
            let asked = askers[program]?[index] ?? []
            group.addTask { [attention = model.attention] in
              asked.map { ($0.place, $0.question.answer(own, attention: attention)) }
            }
          }
          for await own in group { for (place, answer) in own { answers[place] = answer } }
        }
        start = end
      }
    }
    return answers
  }
}

extension PathProgram {
  /// Elements of the answers to requests.
  fileprivate func elements(of requests: [TapRequest]) -> Int {
    requests.reduce(0) { sum, request in
      let width = tapWidth + request.cotangents.count * readGradientWidth
      return sum + request.end.sequence.count * width + outputCount
    }
  }
}
