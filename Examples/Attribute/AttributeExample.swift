// Scores one text under a model, and the first 5 rows of a pipeline file's dataset:
//   swift run -c release AttributeExample MODEL TEXT [PIPELINE.yaml OUTPUT_DIR]
import Salience

@main
struct AttributeExample {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 2 || arguments.count == 4 else {
      print("usage: AttributeExample MODEL TEXT [PIPELINE.yaml OUTPUT_DIR]")
      return
    }
    try await attribute(arguments[1], under: arguments[0])
    if arguments.count == 4 { try await run(arguments[2], to: arguments[3]) }
  }

  /// One text: the decision, and a line with the score of each token.
  static func attribute(_ text: String, under model: String) async throws {
    let attributor = try await Attributor(model: model)
    let scored = try await attributor.attribute(text)
    print("\(scored.prediction.label) \(scored.prediction.probability)")
    for explanation in scored.explanations {
      print("\(explanation.method) of \(explanation.target), delta \(explanation.convergenceDelta ?? 0)")
      for (token, score) in zip(scored.encoding.tokens, explanation.normalized) { print("\(token)\t\(score)") }
    }
  }

  /// A dataset: the tables of a pipeline file, written elsewhere than the file says.
  static func run(_ file: String, to directory: String) async throws {
    var pipeline = try Pipeline(file: file)
    pipeline.output.directory = directory
    let summary = try await PipelineRun(pipeline).run(limit: 5).execute()
    for model in summary.models {
      print("\(model.name): \(model.counts.rows) rows, \(model.counts.quarantined) could not be scored")
    }
  }
}
