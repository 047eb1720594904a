import SalienceAttribution
import SalienceDatasets
import SalienceReports
import SalienceTokenizers

/// A row's result as bytes, exact to the bit.
///
/// The example's own text is not among them: the dataset gives it again. Nor are its tokens, which the tokenizer gives
/// again; a checksum tells whether it gave the same.
package enum LoggedRow {
  /// Raised whenever the bytes change, so that rows of another version are scored again.
  static let format = 3

  /// What a unit's slot holds for a row, as bytes.
  ///
  /// - Parameters:
  ///   - windows: the example's tokens, as they were scored.
  ///   - seconds: since the unit's first row was read.
  package static func bytes(of slot: SliceInFlight.Slot, row: Int64, windows: [Encoding], seconds: Double) -> [UInt8] {
    var writer = BinaryWriter()
    writer.append(row)
    writer.append(seconds)
    switch slot {
    case .scored(let scored):
      writer.append(true)
      writer.append(scored.status.rawValue)
      append(scored.encoding, of: windows, to: &writer)
      append(scored.prediction, to: &writer)
      writer.append(scored.explanations) { append($1, to: &$0) }
      writer.append(scored.seconds) { writer, time in
        writer.append(time.method)
        writer.append(time.seconds)
      }
    case .failed(let failed):
      writer.append(false)
      writer.append(failed.stage.rawValue)
      writer.append(failed.message)
    }
    return writer.bytes
  }

  /// The row and the seconds of a record.
  static func head(of bytes: ArraySlice<UInt8>) throws -> (row: Int64, seconds: Double) {
    var reader = BinaryReader(bytes)
    return (try reader.integer(), try reader.double())
  }

  /// What a unit's slot holds for an example.
  ///
  /// - Throws: `BinaryReader.Damaged` where the bytes are not those of this example and these tokens.
  package static func slot(
    from bytes: ArraySlice<UInt8>, example: Example, windows: [Encoding], at location: RecordLocation
  ) throws -> SliceInFlight.Slot {
    var reader = BinaryReader(bytes)
    guard try reader.integer(Int64.self) == example.row else { throw BinaryReader.Damaged() }
    _ = try reader.double()
    let slot: SliceInFlight.Slot
    if try reader.bool() {
      guard let status = ScoredExample.Status(rawValue: try reader.string()) else { throw BinaryReader.Damaged() }
      var scored = ScoredExample(
        example: example, encoding: try encoding(from: &reader, of: windows),
        prediction: try prediction(from: &reader),
        explanations: try reader.array { try explanation(from: &$0) }, status: status)
      scored.seconds = try reader.array { MethodTime(method: try $0.string(), seconds: try $0.double()) }
      slot = .scored(scored)
    } else {
      guard let stage = FailedRow.Stage(rawValue: try reader.string()) else { throw BinaryReader.Damaged() }
      slot = .failed(
        FailedRow(
          datasetFile: location.file, row: example.row, exampleID: example.id, stage: stage,
          message: try reader.string()))
    }
    guard reader.isAtEnd else { throw BinaryReader.Damaged() }
    return slot
  }

  // MARK: Predictions and explanations

  private static func append(_ prediction: Prediction, to writer: inout BinaryWriter) {
    writer.append(prediction.label)
    writer.append(prediction.index)
    writer.append(prediction.probability)
    writer.append(prediction.logits) { $0.append($1) }
    writer.append(prediction.answer) { $0.append($1) }
    writer.append(prediction.withoutText) { $0.append($1) }
  }

  private static func prediction(from reader: inout BinaryReader) throws -> Prediction {
    Prediction(
      label: try reader.string(), index: try reader.int(), probability: try reader.float(),
      logits: try reader.array { try $0.float() }, answer: try reader.optional { try $0.range() },
      withoutText: try reader.optional { try $0.string() })
  }

  private static func append(_ explanation: Explanation, to writer: inout BinaryWriter) {
    writer.append(explanation.method)
    writer.append(explanation.target)
    writer.append(explanation.targetIndex) { $0.append($1) }
    writer.append(explanation.targetPosition) { $0.append($1) }
    writer.append(explanation.output)
    writer.append(explanation.baselineOutput) { $0.append($1) }
    writer.append(explanation.convergenceDelta) { $0.append($1) }
    writer.append(explanation.steps)
    writer.append(explanation.converged) { $0.append($1) }
    writer.append(explanation.isRepeated)
    writer.append(explanation.attributions) { $0.append($1) }
    writer.append(explanation.normalized) { $0.append($1) }
    writer.append(explanation.attributionSum)
    writer.append(explanation.attributionNorm)
    writer.append(explanation.metrics) { append($1, to: &$0) }
    writer.append(explanation.pairs) { append($1, to: &$0) }
    writer.append(explanation.units) { append($1, to: &$0) }
  }

  private static func append(_ unit: UnitValue, to writer: inout BinaryWriter) {
    writer.append(unit.layer)
    writer.append(unit.position)
    writer.append(unit.unit)
    writer.append(unit.value)
  }

  private static func unit(from reader: inout BinaryReader) throws -> UnitValue {
    UnitValue(
      layer: Int(try reader.integer(Int16.self)), position: Int(try reader.integer(Int32.self)),
      unit: Int(try reader.integer(Int32.self)), value: try reader.float())
  }

  private static func append(_ pair: TokenPair, to writer: inout BinaryWriter) {
    writer.append(pair.layer ?? -1)
    writer.append(pair.head ?? -1)
    writer.append(pair.from)
    writer.append(pair.to)
    writer.append(pair.weight)
  }

  private static func pair(from reader: inout BinaryReader) throws -> TokenPair {
    func number(_ value: Int16) -> Int? { value < 0 ? nil : Int(value) }
    return TokenPair(
      layer: number(try reader.integer()), head: number(try reader.integer()),
      from: Int(try reader.integer(Int32.self)), to: Int(try reader.integer(Int32.self)), weight: try reader.float())
  }

  private static func append(_ metric: MetricValue, to writer: inout BinaryWriter) {
    writer.append(metric.metric.rawValue)
    writer.append(metric.fraction) { $0.append($1) }
    writer.append(metric.otherMethod) { $0.append($1) }
    writer.append(metric.value) { $0.append($1) }
    writer.append(metric.evaluations) { $0.append($1) }
  }

  private static func metric(from reader: inout BinaryReader) throws -> MetricValue {
    guard let metric = FaithfulnessMetric(rawValue: try reader.string()) else { throw BinaryReader.Damaged() }
    return MetricValue(
      metric, fraction: try reader.optional { try $0.double() }, otherMethod: try reader.optional { try $0.string() },
      value: try reader.optional { try $0.double() }, evaluations: try reader.optional { try $0.int() })
  }

  private static func explanation(from reader: inout BinaryReader) throws -> Explanation {
    let (method, target) = (try reader.string(), try reader.string())
    let (index, position) = (try reader.optional { try $0.int() }, try reader.optional { try $0.int() })
    let (output, baseline) = (try reader.double(), try reader.optional { try $0.double() })
    let (delta, steps) = (try reader.optional { try $0.double() }, try reader.int())
    let (converged, isRepeated) = (try reader.optional { try $0.bool() }, try reader.bool())
    let (scores, normalized) = (try reader.array { try $0.float() }, try reader.array { try $0.float() })
    let (sum, norm) = (try reader.double(), try reader.double())
    return Explanation(
      method: method, target: target, targetIndex: index, targetPosition: position, output: output,
      baselineOutput: baseline, convergenceDelta: delta, steps: steps, attributions: scores, normalized: normalized,
      attributionSum: sum, attributionNorm: norm, converged: converged, isRepeated: isRepeated,
      metrics: try reader.array { try metric(from: &$0) }, pairs: try reader.array { try pair(from: &$0) },
      units: try reader.array { try unit(from: &$0) })
  }
}
