import SalienceAttribution
import SaliencePipeline

extension Pipeline {
  /// The methods as the attribution library's own types.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethods() throws -> [any AttributionMethod] {
    try methods.map { method in
      switch (method.name, method.rule) {
      case (.integratedGradients, .fixed(let steps, let quadrature)):
        try IntegratedGradients(
          id: method.id, steps: steps, quadrature: quadrature, baseline: method.baseline,
          keepSpecial: method.keepSpecial, normalization: method.normalize, target: method.target,
          layer: method.layer)
      }
    }
  }

  /// Evaluations that an example needs: steps of every method.
  var evaluationsPerExample: Int {
    methods.reduce(0) { sum, method in
      switch method.rule {
      case .fixed(let steps, _): sum + steps
      }
    }
  }
}
