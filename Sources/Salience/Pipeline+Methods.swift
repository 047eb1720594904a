import SalienceAttribution
import SaliencePipeline

extension Pipeline {
  /// The methods as the attribution library's own types.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethods() throws -> [any AttributionMethod] {
    try methods.map { try $0.attributionMethod() }
  }

  /// Evaluations that an example needs: steps of every method.
  var evaluationsPerExample: Int { methods.reduce(0) { $0 + $1.evaluationsPerExample } }
}

extension Pipeline.Method {
  /// Points of the path that an example is evaluated at.
  var evaluationsPerExample: Int {
    switch rule {
    case .fixed(let steps, _): steps
    }
  }

  /// The method as the attribution library's own type.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethod() throws -> any AttributionMethod {
    switch (name, rule) {
    case (.integratedGradients, .fixed(let steps, let quadrature)):
      try IntegratedGradients(
        id: id, steps: steps, quadrature: quadrature, baseline: baseline, keepSpecial: keepSpecial,
        normalization: normalize, target: target, layer: layer)
    }
  }
}
