/// A perturbation method that begins when the model has said what it would fill in for each feature.
struct FilledTextRun: MethodRun {
  private var text: PerturbedText
  private let begin: @Sendable (PerturbedText) throws -> any MethodRun
  private var run: (any MethodRun)?

  /// - Parameter begin: the method with a text whose fills are known, where it needs any.
  init(_ text: PerturbedText, _ begin: @escaping @Sendable (PerturbedText) throws -> any MethodRun) {
    self.text = text
    self.begin = begin
  }

  mutating func next(_ answers: [Answer]) throws -> Step {
    guard run == nil else { return try run?.next(answers) ?? .finish([]) }
    if answers.isEmpty {
      let asks = text.fillAsks
      if !asks.isEmpty { return .ask(asks) }
    } else {
      try text.fill(answers)
    }
    var run = try begin(text)
    defer { self.run = run }
    return try run.next([])
  }
}
