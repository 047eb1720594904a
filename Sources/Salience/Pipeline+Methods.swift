import SalienceAttribution
import SaliencePipeline

extension Pipeline {
  /// The methods as the attribution library's own types.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethods() throws -> [any AttributionMethod] {
    try methods.map { try $0.attributionMethod() }
  }

  /// Evaluations that an example needs: steps times noise samples, over all methods.
  var evaluationsPerExample: Int { methods.reduce(0) { $0 + $1.evaluationsPerExample } }
}

extension Pipeline.Method {
  /// Points that an example is evaluated at, over all noise samples.
  var evaluationsPerExample: Int {
    switch rule {
    case .fixed(let steps, _): steps * (noise?.samples ?? 1)
    }
  }

  /// The method as the attribution library's own type.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethod() throws -> any AttributionMethod {
    let method =
      switch (name, rule) {
      case (.integratedGradients, .fixed(let steps, let quadrature)):
        try IntegratedGradients(
          id: id, steps: steps, quadrature: quadrature, baseline: baseline, keepSpecial: keepSpecial,
          normalization: normalize, target: target, layer: layer)
      }
    guard let noise else { return method }
    return try NoiseTunnel(
      method, kind: noise.kind, samples: noise.samples, deviation: noise.deviation, seed: UInt64(noise.seed))
  }
}
