import Foundation
import SalienceAttribution
import SalienceDatasets
import SalienceReports
import SalienceTestSupport
import SalienceTokenizers

typealias Scratch = TemporaryDirectory

/// Examples whose scores follow from row and model, and the run directory that holds them.
enum SampleRun {
  static let words = [
    ["good"], ["Bad"], ["un", "##believ", "##able"], ["=sum"], ["film"], ["-"], ["'"], ["plot", "##s"], ["a,b"], ["é"],
  ]

  /// - Parameter isMeasured: whether explanations have metrics, pairs of tokens and units.
  static func example(_ row: Int64, model: Int, tokens: Int? = nil, isMeasured: Bool = false) -> ScoredExample {
    var state = UInt64(bitPattern: row) &* 0x9E37_79B9_7F4A_7C15 &+ 12345
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var encoding = Encoding(
      ids: [101], tokens: ["[CLS]"], typeIDs: [0], special: [true], offsets: [nil], words: [nil], sequences: [nil])
    var text = ""
    var length = 0
    for word in 0..<(tokens ?? next(12)) {
      let pieces = words[next(words.count)]
      if length > 0 {
        text += " "
        length += 1
      }
      for piece in pieces {
        let bare = piece.hasPrefix("##") ? String(piece.dropFirst(2)) : piece
        encoding.ids.append(Int32(piece.unicodeScalars.reduce(7) { ($0 * 31 + Int($1.value)) % 30_000 }))
        encoding.tokens.append(piece)
        encoding.typeIDs.append(0)
        encoding.special.append(false)
        encoding.offsets.append(length..<(length + bare.unicodeScalars.count))
        encoding.words.append(Int32(word))
        encoding.sequences.append(0)
        text += bare
        length += bare.unicodeScalars.count
      }
    }
    encoding.ids.append(102)
    encoding.tokens.append("[SEP]")
    encoding.typeIDs.append(0)
    encoding.special.append(true)
    encoding.offsets.append(nil)
    encoding.words.append(nil)
    encoding.sequences.append(nil)
    for _ in 0..<(model * 3) { _ = next(9) }
    let predicted = (Int(row) + (row % 5 == 0 ? model : 0)) % 2
    let names = ["negative", "positive"]
    let metrics = [
      MetricValue(.comprehensiveness, value: 1.0 / Double(row + 3), evaluations: 10),
      MetricValue(.comprehensiveness, fraction: 0.5, value: nil, evaluations: nil),
      MetricValue(.agreementTau, otherMethod: "saliency", value: -1e-300),
    ]
    let pairs = [
      TokenPair(layer: 1, head: 0, from: 0, to: 1, weight: 0.25),
      TokenPair(layer: nil, head: nil, from: 1, to: 0, weight: 1),
    ]
    let units = [UnitValue(layer: 2, position: 1, unit: 767, value: -3.5)]
    let explanations = [("ig", predicted), ("saliency", 0), ("saliency", 1)].map { method, target in
      // Few distinct values, so that ranks tie and the largest do.
      let scores = encoding.special.map { $0 ? Float(0) : Float(next(9) - 4) / 3 }
      let norm = scores.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      return Explanation(
        method: method, target: names[target], targetIndex: target, output: 0.75, baselineOutput: -0.25,
        convergenceDelta: method == "ig" ? 1.5e-5 : nil, steps: 50, attributions: scores,
        normalized: scores.map { norm > 0 ? $0 / norm : 0 }, attributionSum: Double(scores.reduce(0, +)),
        attributionNorm: Double(norm), metrics: isMeasured ? metrics : [],
        pairs: isMeasured && method == "ig" ? pairs : [],
        units: isMeasured && method == "ig" ? units : [])
    }
    return ScoredExample(
      example: Example(row: row, id: "id-\(row)", text: text, label: row % 3 == 0 ? nil : names[Int(row) % 2]),
      encoding: encoding,
      prediction: Prediction(
        label: names[predicted], index: predicted, probability: 0.625 + Float(next(90)) / 300, logits: [0.1, -1.5e-7]),
      explanations: explanations, status: text.isEmpty ? .empty : .ok)
  }

  /// Writes examples in parts and returns the run directory.
  static func write(
    _ models: [(String, [ScoredExample])], into path: String, partRows: Int = 40, words: WordMerge? = nil,
    includeText: Bool = true
  ) throws -> RunDirectory {
    for (model, examples) in models {
      for (part, start) in stride(from: 0, to: examples.count, by: partRows).enumerated() {
        let staging = "\(path)/state/\(model)-\(part)"
        try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
        let writer = UnitWriter(directory: staging, options: .init(includeText: includeText, words: words))
        for example in examples[start..<min(examples.count, start + partRows)] { try writer.append(example) }
        for table in try writer.finish() {
          let folder = "\(path)/\(table.table.rawValue)/model=\(model)"
          try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
          let number = String(part)
          let name = "part-" + String(repeating: "0", count: 5 - number.count) + number + ".parquet"
          try FileManager.default.moveItem(atPath: table.path, toPath: "\(folder)/\(name)")
        }
      }
    }
    return try RunDirectory(path: path)
  }
}
