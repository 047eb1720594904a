import SalienceModels
import SalienceTensors
import SalienceTokenizers

/// A method of attribution: what it asks a model for one example, and what it makes of the answer.
///
/// A method knows neither a model family nor a backend.
public protocol AttributionMethod: Sendable {
  /// Fills the tables' `method` column.
  var id: String { get }
  /// Where scores are taken.
  var layer: AttributionLayer { get }
  var target: Target { get }

  /// Whether scores explain logits or probabilities.
  var output: OutputKind { get }

  /// Checks the settings against a model's tokenizer before anything is scored; the task checks the target.
  func validate(tokenizer: Tokenizer) throws

  /// Whether points are chosen example by example, to keep a tolerance.
  var hasTolerance: Bool { get }

  /// The evaluations that the method needs for an output's targets.
  func request(
    _ encoding: Encoding, output: ExplainedOutput, tokenizer: Tokenizer, architecture: any Architecture
  ) throws -> PathRequest

  /// One explanation a target.
  ///
  /// - Parameter outputs: F(x) [C].
  /// - Throws: `AttributionError` with code `notFinite`.
  func explanations(of output: ExplainedOutput, outputs: [Float], response: PathResponse) throws -> [Explanation]
}

extension AttributionMethod {
  public var output: OutputKind { .logit }

  public var hasTolerance: Bool { false }
}
