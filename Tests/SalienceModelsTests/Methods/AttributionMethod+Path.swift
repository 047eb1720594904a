import SalienceAttribution
import SalienceTensors
import SalienceTokenizers
import Testing

extension AttributionMethod {
  /// The path that the method asks for first.
  func path(_ encoding: Encoding, of targets: [ResolvedTarget], in model: AttributionModel) throws -> PathRequest {
    var run = try begin(
      Subject(
        encoding: encoding, output: ExplainedOutput(targets: targets), tokenizer: model.tokenizer,
        architecture: model.architecture))
    guard case .ask(let asks) = try run.next([]) else { throw AttributionError(.example, "the method asks nothing") }
    return try #require(asks.compactMap { if case .path(let request) = $0 { request } else { nil } }.first)
  }
}
