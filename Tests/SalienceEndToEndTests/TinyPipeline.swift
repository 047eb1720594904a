import Foundation

/// A pipeline over a few texts and a fixture checkpoint of a few hundred kilobytes.
struct TinyPipeline {
  let scratch: ScratchDirectory
  let path: String
  var output: String { "\(scratch.path)/run" }

  static let dataset = "id,text\na,a good film\nb,a bad film\nc,\"an odd, slow film\"\n"

  static func checkpoint(_ name: String) -> String {
    "\(SalienceBinary.packageRoot)/Tests/Fixtures/attribution/\(name)"
  }

  init(
    dataset: String = TinyPipeline.dataset, steps: String = "steps: 4", models: [String] = ["bert-2-f32"]
  ) throws {
    scratch = try ScratchDirectory()
    try scratch.write(dataset, to: "texts.csv")
    path = try scratch.write(
      """
      name: tiny
      models: [\(models.map(Self.checkpoint).joined(separator: ", "))]
      dataset:
        path: \(scratch.path)/texts.csv
        columns: {id: id, text: text}
      methods:
        - name: integrated-gradients
          id: ig
          \(steps)
      output: {directory: \(scratch.path)/run, formats: [parquet, csv]}

      """, to: "tiny.yaml")
  }

  func run(_ options: String...) throws -> SalienceBinary.Result { try run(options) }

  func run(_ options: [String]) throws -> SalienceBinary.Result {
    try SalienceBinary.run(["run", path, "--quiet"] + options, in: scratch)
  }

  /// Whether a finished run stands in the output directory.
  var isPublished: Bool { FileManager.default.fileExists(atPath: "\(output)/_SUCCESS") }
}
