import Foundation
import SalienceAttribution
import SalienceDatasets
import SaliencePipeline
import SalienceReports
import SalienceTestSupport
import SalienceTokenizers
import Testing

/// What is kept of a unit's rows before the unit is published.
@Suite struct RowLogTests {
  private let directory: TemporaryDirectory
  private let layout: RunLayout
  private let fingerprint: RunFingerprint

  init() throws {
    directory = try TemporaryDirectory()
    layout = RunLayout(path: directory.path + "/run")
    fingerprint = try Self.fingerprint(steps: 2)
    try fingerprint.claim(layout)
  }

  private static func fingerprint(steps: Int) throws -> RunFingerprint {
    RunFingerprint(
      pipeline: try fakePipeline(steps: steps), unitRows: 64, limit: nil,
      models: [RunFingerprint.Model(name: "m", files: [])], dataset: [])
  }

  private static let location = RecordLocation(file: "x.csv", line: 4, byteOffset: 17)
  private static let window = Encoding(
    ids: [1, 7, 9, 2], tokens: ["[CLS]", "é", "👩‍🚀", "[SEP]"], typeIDs: [0, 0, 1, 1],
    special: [true, false, false, true], offsets: [nil, 0..<1, 2..<5, nil], words: [nil, 0, 1, nil],
    sequences: [nil, 0, 1, nil], truncated: true, givesTypes: false)

  private static func example(_ row: Int64) -> Example {
    Example(row: row, id: "id\(row)", text: "a text", textPair: "and a pair", label: "POS")
  }

  private static func scored(_ row: Int64, _ encoding: Encoding = window) -> ScoredExample {
    ScoredExample(
      example: example(row), encoding: encoding,
      prediction: Prediction(
        label: "é", index: 1, probability: .leastNonzeroMagnitude, logits: [-0.0, .pi], answer: 2..<9,
        withoutText: "2..8"),
      explanations: [
        Explanation(
          method: "ig", target: "A - B", targetIndex: nil, targetPosition: 3, output: 0.1, baselineOutput: nil,
          convergenceDelta: -1e-300, steps: 50, attributions: [1, -2, .ulpOfOne, 0], normalized: [0.1, 0.2, 0.3, -0.0],
          attributionSum: 1 / 3, attributionNorm: 2, converged: false, isRepeated: true),
        Explanation(
          method: "gxi", target: "B", targetIndex: 1, output: -7, baselineOutput: 1e300, convergenceDelta: nil,
          steps: 1, attributions: [], normalized: [], attributionSum: 0, attributionNorm: 0,
          metrics: [
            MetricValue(.comprehensiveness, fraction: 0.1, value: -1 / 3, evaluations: nil),
            MetricValue(.agreementTau, otherMethod: "ig", value: nil),
            MetricValue(.infidelity, value: .leastNonzeroMagnitude, evaluations: 10),
          ],
          pairs: [
            TokenPair(layer: 3, head: 11, from: 2, to: 0, weight: .ulpOfOne),
            TokenPair(layer: nil, head: nil, from: 0, to: 511, weight: -0.0),
          ], units: [UnitValue(layer: 0, position: 511, unit: 3071, value: -.leastNonzeroMagnitude)]),
      ], status: .empty)
  }

  private func bytes(_ row: Int64 = 5) -> [UInt8] {
    LoggedRow.bytes(of: .scored(Self.scored(row)), row: row, windows: [Self.window], seconds: 1.5)
  }

  /// A field that is added to a result and not to the log would be lost by an interruption alone.
  @Test func everyFieldIsKept() {
    func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label).sorted() }
    let scored = Self.scored(5)
    // The file and the label's meaning are found again.
    let found = ["datasetFile", "meaning"]
    #expect(
      names(scored) == (["encoding", "example", "explanations", "prediction", "seconds", "status"] + found).sorted())
    #expect(names(scored.prediction) == ["answer", "index", "label", "logits", "probability", "withoutText"])
    #expect(
      names(scored.explanations[0]) == [
        "attributionNorm", "attributionSum", "attributions", "baselineOutput", "converged", "convergenceDelta",
        "isRepeated", "method", "metrics", "normalized", "output", "pairs", "steps", "target", "targetIndex",
        "targetPosition", "units",
      ])
    #expect(names(UnitValue(layer: 0, position: 0, unit: 0, value: 0)) == ["layer", "position", "unit", "value"])
    #expect(
      names(TokenPair(layer: 0, head: 0, from: 0, to: 0, weight: 0)) == ["from", "head", "layer", "to", "weight"])
    #expect(
      names(MetricValue(.infidelity, value: nil)) == ["evaluations", "fraction", "metric", "otherMethod", "value"])
    #expect(
      names(scored.encoding) == [
        "givesTypes", "ids", "offsets", "sequences", "special", "tokens", "truncated", "typeIDs", "words",
      ])
  }

  @Test func aRowComesBackAsItWas() throws {
    let windows = [Encoding(ids: [1]), Self.window]
    let bytes = LoggedRow.bytes(of: .scored(Self.scored(5)), row: 5, windows: windows, seconds: 0)
    let slot = try LoggedRow.slot(from: bytes[...], example: Self.example(5), windows: windows, at: Self.location)
    guard case .scored(let scored) = slot else { throw PipelineError(.data, "failed") }
    let expected = Self.scored(5)
    #expect(scored.example == expected.example && scored.encoding == expected.encoding)
    #expect(scored.prediction == expected.prediction && scored.explanations == expected.explanations)
    #expect(scored.prediction.logits[0].sign == .minus && scored.status == .empty)
  }

  /// What a model wrote stands behind the window; an encoding that is no window is kept as a whole.
  @Test func otherTokensAreKept() throws {
    var longer = Self.window
    longer.ids.append(77)
    longer.tokens.append("Ġwrote")
    longer.typeIDs.append(0)
    longer.special.append(false)
    longer.offsets.append(nil)
    longer.words.append(nil)
    longer.sequences.append(nil)
    longer.truncated = false
    for windows in [[Self.window], []] {
      let bytes = LoggedRow.bytes(of: .scored(Self.scored(5, longer)), row: 5, windows: windows, seconds: 0)
      let slot = try LoggedRow.slot(
        from: bytes[...], example: Self.example(5), windows: windows, at: Self.location)
      guard case .scored(let scored) = slot else { throw PipelineError(.data, "failed") }
      #expect(scored.encoding == longer)
    }
  }

  @Test func aRowOfOtherTokensIsScoredAgain() {
    var other = Self.window
    other.words[1] = 3
    #expect(throws: BinaryReader.Damaged.self) {
      try LoggedRow.slot(from: bytes()[...], example: Self.example(5), windows: [other], at: Self.location)
    }
    #expect(throws: BinaryReader.Damaged.self) {
      try LoggedRow.slot(from: bytes()[...], example: Self.example(6), windows: [Self.window], at: Self.location)
    }
    for count in 0..<bytes().count {
      #expect(throws: BinaryReader.Damaged.self) {
        try LoggedRow.slot(
          from: bytes().prefix(count), example: Self.example(5), windows: [Self.window], at: Self.location)
      }
    }
  }

  @Test func aFailedRowComesBackAsItWas() throws {
    let failed = FailedRow(datasetFile: "x.csv", row: 5, exampleID: "id5", stage: .score, message: "too large")
    let bytes = LoggedRow.bytes(of: .failed(failed), row: 5, windows: [], seconds: 0)
    let slot = try LoggedRow.slot(from: bytes[...], example: Self.example(5), windows: [], at: Self.location)
    guard case .failed(let back) = slot else { throw PipelineError(.data, "scored") }
    #expect(back == failed)
  }

  private func log() throws -> RowLog {
    try RowLog(layout, run: fingerprint.digest(of: "m"), model: "m", unit: 0)
  }
  private var path: String { "\(layout.state)/model=m/unit-00000.rows" }

  private func write(_ rows: Range<Int64>, to log: RowLog) throws {
    for row in rows { _ = log.append(bytes(row)) }
    try log.flush()
    log.close()
  }

  private func rows(of fingerprint: RunFingerprint? = nil) throws -> Int {
    let run = (fingerprint ?? self.fingerprint).digest(of: "m")
    return try RowLog.kept(in: layout, run: ["m": run]).reduce(0) { $0 + $1.rows }
  }

  @Test func aTornTailIsIgnoredAndWrittenOver() throws {
    try write(0..<3, to: log())
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let record = bytes(0).count + 16
    let header = whole.count - 3 * record
    for count in stride(from: 0, through: whole.count, by: 7) {
      try whole.prefix(count).write(to: URL(fileURLWithPath: path))
      let sound = max(0, count - header) / record
      #expect(try rows() == sound)
      try write(Int64(sound)..<4, to: log())
      #expect(try rows() == 4)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == header + 4 * record)
    }
  }

  @Test func nothingBehindADamagedByteIsTaken() throws {
    try write(0..<3, to: log())
    var whole = try Data(contentsOf: URL(fileURLWithPath: path))
    whole[whole.count - bytes(0).count - 17 - 40] ^= 1
    try whole.write(to: URL(fileURLWithPath: path))
    #expect(try rows() == 1)
  }

  @Test func anotherRunsRowsAreNotTaken() throws {
    let other = try Self.fingerprint(steps: 3)
    try FileManager.default.removeItem(atPath: layout.fingerprint)
    try other.claim(layout)
    try write(0..<3, to: RowLog(layout, run: other.digest(of: "m"), model: "m", unit: 0))
    // Nor does a process of the run that was here before write to the other's directory.
    #expect(throws: PipelineError.self) { try write(0..<3, to: log()) }
    #expect(try rows() == 0 && rows(of: other) == 3)
    try FileManager.default.removeItem(atPath: layout.fingerprint)
    try fingerprint.claim(layout)
    #expect(try log().takeRow(0) == nil)
    try write(1..<2, to: log())
    #expect(try rows() == 1 && rows(of: other) == 0)
  }

  @Test func twoProcessesDoNotWriteToOneFile() throws {
    let (first, second) = (try log(), try log())
    _ = first.append(bytes(0))
    _ = second.append(bytes(1))
    try first.flush()
    try second.flush()
    #expect(FileManager.default.fileExists(atPath: "\(layout.state)/model=m/unit-00000-2.rows"))
    let third = try log()
    #expect(third.takeRow(0) != nil && third.takeRow(1) != nil && third.takeRow(2) == nil)
    #expect(abs(third.earlierSeconds - 1.5) < 1e-9)
    try first.remove()
    #expect(try rows() == 0)
  }

  /// A process that was left behind by a removal of the run must not begin a new one.
  @Test func nothingIsWrittenWhereTheRunIsGone() throws {
    let log = try log()
    _ = log.append(bytes(0))
    try FileManager.default.removeItem(atPath: layout.path)
    let error = #expect(throws: PipelineError.self) { try log.flush() }
    #expect(error?.kind == .refused)
    #expect(!FileManager.default.fileExists(atPath: layout.path))
  }
}
