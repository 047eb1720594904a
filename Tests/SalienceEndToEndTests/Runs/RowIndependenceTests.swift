import Foundation
import Testing

extension EndToEndTests {
  @Suite struct RowIndependence {
    private let scratch: ScratchDirectory
    private let header: String
    private let lines: [String]

    init() throws {
      scratch = try ScratchDirectory()
      let text = try String(contentsOfFile: "\(SalienceBinary.packageRoot)/datasets/reviews.csv", encoding: .utf8)
      let all = text.split(separator: "\n").map(String.init)
      header = try #require(all.first)
      lines = Array(all.dropFirst().prefix(40))
      try #require(lines.count == 40)
    }

    /// The token lines of each example id, without model and row, after scoring `lines` in this order.
    private func scores(_ lines: [String], name: String) throws -> [String: [String]] {
      let dataset = try scratch.write(([header] + lines).joined(separator: "\n") + "\n", to: "\(name).csv")
      let run = "\(scratch.path)/\(name)"
      let scored = try SalienceBinary.run(
        [
          "run", "pipelines/demo.yaml", "--model", "models/demo/checkpoint-8000", "--input", dataset, "--output", run,
          "--set", "methods.0.steps=8", "--quiet",
        ], in: scratch)
      try #require(scored.status == 0, "\(scored.errors)")
      let exported = try SalienceBinary.run(["export", run, "--output", "-"], in: scratch)
      try #require(exported.status == 0, "\(exported.errors)")
      var examples: [String: [String]] = [:]
      for line in exported.output.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: ",", maxSplits: 3).map(String.init)
        try #require(fields.count == 4)
        examples[fields[2], default: []].append(fields[3])
      }
      return examples
    }

    @Test func scoresDependNeitherOnOrderNorOnNeighbours() throws {
      let whole = try scores(lines, name: "whole")
      #expect(whole.count == lines.count)
      // 17 and 40 share no divisor: every row once, far from its old neighbours.
      let shuffled = lines.indices.map { lines[(7 + $0 * 17) % lines.count] }
      try #require(shuffled != lines && Set(shuffled) == Set(lines))
      #expect(try scores(shuffled, name: "shuffled") == whole)
      for index in [0, 13, 39] {
        let alone = try scores([lines[index]], name: "alone-\(index)")
        #expect(alone.count == 1)
        for (id, tokens) in alone { #expect(tokens == whole[id], "\(id)") }
      }
    }
  }
}
