import SalienceAttribution
import SalienceJSON
import SalienceTokenizers

extension ScoredExample {
  /// The example as JSON with members in a fixed order, named like the columns of the tables.
  ///
  /// Nulls are written, and NaN and infinity become null.
  ///
  /// - Throws: `ReportError.invalidExample` where arrays differ in count.
  public func json(includeText: Bool = true) throws -> JSONValue {
    _ = try checkedTokenCount()
    let answer = try answer()
    var members = [
      JSONMember(name: "row", value: .integer(example.row)),
      JSONMember(name: "example_id", value: .string(example.id)),
    ]
    if includeText {
      members.append(JSONMember(name: "text", value: .string(example.text)))
      members.append(JSONMember(name: "text_pair", value: example.textPair.map { .string($0) } ?? .null))
    }
    members += [
      JSONMember(name: "label", value: example.label.map { .string($0) } ?? .null),
      JSONMember(name: "predicted", value: .string(prediction.label)),
      JSONMember(name: "predicted_index", value: .integer(prediction.index)),
      JSONMember(name: "probability", value: .float(prediction.probability)),
      JSONMember(name: "logits", value: .array(prediction.logits.map { .float($0) })),
      JSONMember(name: "token_count", value: .integer(encoding.count)),
      JSONMember(name: "truncated", value: .bool(encoding.truncated)),
      JSONMember(name: "status", value: .string(status.rawValue)),
      JSONMember(name: "answer", value: answer.map { .string($0) } ?? .null),
      JSONMember(name: "answer_start", value: prediction.answer.map { .integer($0.lowerBound) } ?? .null),
      JSONMember(name: "answer_end", value: prediction.answer.map { .integer($0.upperBound) } ?? .null),
      JSONMember(name: "generated", value: generated.map { .string($0) } ?? .null),
      JSONMember(name: "explanations", value: .array(explanations.map(json))),
    ]
    return .object(members)
  }

  private func json(_ explanation: Explanation) -> JSONValue {
    [
      "method": .string(explanation.method),
      "target": .string(explanation.target),
      "target_index": explanation.targetIndex.map { .integer($0) } ?? .null,
      "target_position": explanation.targetPosition.map { .integer($0) } ?? .null,
      "output": .double(explanation.output),
      "baseline_output": explanation.baselineOutput.map { .double($0) } ?? .null,
      "convergence_delta": explanation.convergenceDelta.map { .double($0) } ?? .null,
      "relative_delta": explanation.relativeDelta.map { .double($0) } ?? .null,
      "steps": .integer(explanation.steps),
      "converged": explanation.converged.map { .bool($0) } ?? .null,
      "attribution_sum": .double(explanation.attributionSum),
      "attribution_norm": .double(explanation.attributionNorm),
      "tokens": .array(explanation.attributions.indices.map { json(explanation, token: $0) }),
    ]
  }

  private func json(_ explanation: Explanation, token: Int) -> JSONValue {
    [
      "position": .integer(token),
      "token": .string(encoding.tokens[token]),
      "token_id": .integer(encoding.ids[token]),
      "special": .bool(encoding.special[token]),
      "segment": .integer(encoding.segment(of: token)),
      "word": encoding.words[token].map { .integer($0) } ?? .null,
      "start": encoding.offsets[token].map { .integer($0.lowerBound) } ?? .null,
      "end": encoding.offsets[token].map { .integer($0.upperBound) } ?? .null,
      "attribution": .float(explanation.attributions[token]),
      "normalized": .float(explanation.normalized[token]),
    ]
  }
}
