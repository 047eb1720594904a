import Foundation
import SalienceAttribution
import SalienceDatasets
import SalienceJSON
import SalienceReports
import SalienceTestSupport
import Testing

/// Factors as scikit-learn finds them, and the same whether activations are held or read again.
@Suite struct ActivationFactorsTests {
  private static func numbers(_ json: JSONValue?) throws -> [Double] {
    try #require(json?.arrayValue).map { try #require($0.doubleValue) }
  }

  /// Scripts/fixtures/make_nmf_fixtures.py makes the reference.
  @Test func scikitLearnsUpdates() throws {
    let file = Repository.fixtures.appending(path: "nmf/reference.json")
    let json = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
    let (rows, columns) = (try #require(json["rows"]?.intValue), try #require(json["columns"]?.intValue))
    let x = try Self.numbers(json["x"])
    var sparse = SparseRows()
    for row in 0..<rows {
      let values = (0..<columns).filter { x[row * columns + $0] > 0 }
      sparse.append(
        SparseRows.Row(columns: values.map(Int32.init), values: values.map { Float(x[row * columns + $0]) }))
    }
    #expect(sparse.count == rows && sparse.numbers < rows * columns / 2 + 10)
    var factors = NonNegativeFactors(
      components: try #require(json["components"]?.intValue), width: columns, weights: try Self.numbers(json["w"]),
      parts: try Self.numbers(json["h"]))
    var done = 0
    for step in try #require(json["steps"]?.arrayValue) {
      for _ in done..<(try #require(step["iterations"]?.intValue)) { try factors.iterate { try sparse.forEach($0) } }
      done = try #require(step["iterations"]?.intValue)
      let (w, h) = (try Self.numbers(step["w"]), try Self.numbers(step["h"]))
      #expect(distance(factors.weights, w) <= 1e-9 * norm(w), "W after \(done)")
      #expect(distance(factors.parts, h) <= 1e-9 * norm(h), "H after \(done)")
      let error = try #require(step["error"]?.doubleValue)
      #expect(abs(try #require(factors.errors).last - error) <= 1e-6 * error)
    }
    let first = try #require(json["first_error"]?.doubleValue)
    #expect(abs(try #require(factors.errors).first - first) <= 1e-9 * first)
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double { norm(zip(a, b).map(-)) }
  private func norm(_ a: [Double]) -> Double { a.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// Layers 2 and 10, so that an order by their names would be another one.
  private func run(in scratch: Scratch) throws -> RunDirectory {
    let examples = (0..<40).map { row in
      let plain = SampleRun.example(Int64(row), model: 1)
      var explanations = plain.explanations
      let units = plain.encoding.ids.indices.flatMap { position in
        (0..<6).map { unit in
          let value = Float((position * 7 + unit * 5 + row * 3) % 11 - 4) / 3
          return UnitValue(layer: unit < 3 ? 10 : 2, position: position, unit: unit % 3, value: value)
        }
      }
      for index in explanations.indices {
        let old = explanations[index]
        // Both targets of the second method hold the same activations, as two outputs of a text do.
        explanations[index] = Explanation(
          method: old.method, target: old.target, targetIndex: old.targetIndex, output: old.output,
          baselineOutput: nil, convergenceDelta: nil, steps: 1, attributions: old.attributions,
          normalized: old.normalized, attributionSum: 0, attributionNorm: 0, units: index > 0 ? units : [])
      }
      return ScoredExample(
        example: plain.example, encoding: plain.encoding, prediction: plain.prediction, explanations: explanations,
        status: plain.status)
    }
    return try SampleRun.write([("m", examples)], into: scratch.path)
  }

  @Test func heldOrReadAgain() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    var tokens = 0
    try run.forEachToken(model: "m", method: "saliency") { token in
      tokens += 1
      #expect(token.values.map(\.layer) == [2, 2, 2, 10, 10, 10] && token.values.map(\.unit) == [0, 1, 2, 0, 1, 2])
    }
    let request = ActivationFactors.Request(components: 3, iterations: 30, seed: 5)
    let held = try ActivationFactors(run, request)
    let model = try #require(held.models.first)
    #expect(model.tokens == tokens && model.units == 6 && model.method == "saliency" && model.components.count == 3)
    #expect(model.error > 0 && model.error < 0.8)
    #expect(model.components.allSatisfy { $0.units.count == 6 && $0.units[0].weight >= $0.units[5].weight })
    #expect(model.components.allSatisfy { Set($0.tokens.map(\.token)).count == $0.tokens.count })
    #expect(try ActivationFactors(run, request, heldNumbers: 0).json == held.json)
    #expect(try ActivationFactors(run, request).json == held.json)
    let other = ActivationFactors.Request(components: 3, iterations: 30, seed: 6)
    #expect(try ActivationFactors(run, other).json != held.json)
  }

  @Test func badRequests() throws {
    let scratch = try Scratch()
    let run = try run(in: scratch)
    func message(_ request: ActivationFactors.Request) -> String? {
      #expect(throws: ReportError.self) { try ActivationFactors(run, request) }?.message
    }
    #expect(message(.init(method: "ig")) == "holds no activations of 'ig', only of saliency")
    #expect(message(.init(components: 7))?.hasPrefix("7 components are more than m has tokens") == true)
    let other = try Scratch()
    let plain = try SampleRun.write([("m", [SampleRun.example(0, model: 1)])], into: other.path)
    let error = #expect(throws: ReportError.self) { try ActivationFactors(plain, .init()) }
    #expect(error?.message.hasPrefix("holds no activations of m") == true)
  }
}
