import SalienceAttribution
import SaliencePipeline
import Testing

extension Pipeline.Method {
  /// The method as what every pipeline of these tests names.
  func integratedGradients() throws -> IntegratedGradients { try #require(method as? IntegratedGradients) }
}

extension IntegratedGradients.Rule {
  static func adaptive(tolerance: Double, maxSteps: Int) throws -> Self {
    .adaptive(try AdaptiveQuadrature(tolerance: tolerance, maxSteps: maxSteps))
  }
}
