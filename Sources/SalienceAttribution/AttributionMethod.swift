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

  /// Checks the settings against a model before anything is scored.
  func validate(tokenizer: Tokenizer, labels: [String]) throws

  /// The method as it is on a device that computes in `precision`.
  func adapted(to precision: Precision) -> any AttributionMethod

  /// The evaluations that the method needs for these targets.
  func request(
    _ encoding: Encoding, targets: [ResolvedTarget], tokenizer: Tokenizer, architecture: any Architecture
  ) throws -> PathRequest

  /// One explanation a target.
  ///
  /// - Parameter outputs: F(x) [C].
  /// - Throws: `AttributionError` with code `notFinite`.
  func explanations(targets: [ResolvedTarget], outputs: [Float], response: PathResponse) throws -> [Explanation]
}

extension AttributionMethod {
  public func adapted(to precision: Precision) -> any AttributionMethod { self }
}
