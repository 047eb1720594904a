/// A model on a device.
///
/// Everything between ids and scores stays there.
public protocol PreparedModel: Sendable {
  /// Outputs [C] of each end point, forward only.
  func outputs(program: Int, of points: [PathEnd]) async throws -> [[Float]]

  /// Outputs and the values of a program's taps at each end point, of each token of its sequence or of the whole sequence;
  /// and gradients towards values inside the model, where a request has cotangents.
  ///
  /// Results do not depend on the other requests of the call.
  func tapped(program: Int, _ requests: [TapRequest]) async throws -> [TappedOutputs]

  /// Gradients summed along each request's path. Results do not depend on the other requests of the call.
  func attribute(program: Int, requests: [PathRequest]) async throws -> [PathResponse]

  /// The tokens that follow each prompt, without those of the prompt.
  ///
  /// Keys and values of tokens that were seen stay on the device. Results do not depend on the other prompts.
  func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]]
}
