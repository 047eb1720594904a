import SalienceAttribution
import SaliencePipeline
import SalienceTensors

extension Pipeline {
  /// The methods as the attribution library's own types.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethods() throws -> [any AttributionMethod] {
    try methods.map { try $0.attributionMethod() }
  }

  /// Evaluations that an example needs: steps times noise samples, over all methods.
  var evaluationsPerExample: Int { methods.reduce(0) { $0 + $1.evaluationsPerExample } }

  /// Evaluations of an example that a submission packs together, over all methods.
  var evaluationsPerRound: Int { methods.reduce(0) { $0 + $1.evaluationsPerRound } }
}

extension Pipeline.Method {
  /// Points that an example is evaluated at, over all noise samples; with a tolerance, what is usual.
  var evaluationsPerExample: Int {
    if name == .gradientTimesInput { return 1 }
    return switch rule {
    case .fixed(let steps, _): steps * (noise?.samples ?? 1)
    case .adaptive(let tolerance, let maxSteps):
      min(maxSteps, AdaptiveQuadrature.expectedSteps(tolerance: tolerance))
    }
  }

  /// Points that are evaluated together: with a tolerance, those of the first round.
  ///
  /// Later rounds have fewer points, of fewer and fewer examples; more examples in a submission keep their batches full.
  var evaluationsPerRound: Int {
    switch rule {
    case .fixed: evaluationsPerExample
    case .adaptive: AdaptiveQuadrature.minimumSteps
    }
  }

  /// Elements that are held of each token of an example at once: both ends of the path and the gradients' sums, for
  /// every noise sample; with a tolerance, the gradients of all points instead of their sums, and then one sum.
  func heldElementsPerToken(of program: PathProgram) -> Int {
    switch rule {
    case .fixed: (2 * program.endWidth + program.sumWidth) * (noise?.samples ?? 1)
    case .adaptive: 2 * program.endWidth + (evaluationsPerExample + 1) * program.width
    }
  }

  /// The method as the attribution library's own type.
  ///
  /// - Throws: `AttributionError` with code `usage` for settings that no model could serve.
  public func attributionMethod() throws -> any AttributionMethod {
    let method: any AttributionMethod =
      switch (name, rule) {
      case (.gradientTimesInput, _):
        GradientTimesInput(
          id: id, reduction: reduction, normalization: normalize, target: target, layer: layer, output: output)
      case (.integratedGradients, .fixed(let steps, let quadrature)):
        try IntegratedGradients(
          id: id, steps: steps, quadrature: quadrature, baseline: baseline, keepSpecial: keepSpecial,
          normalization: normalize, target: target, layer: layer, output: output)
      case (.integratedGradients, .adaptive(let tolerance, let maxSteps)):
        IntegratedGradients(
          id: id, rule: .adaptive(try AdaptiveQuadrature(tolerance: tolerance, maxSteps: maxSteps)),
          baseline: baseline, keepSpecial: keepSpecial, normalization: normalize, target: target, layer: layer,
          output: output)
      }
    guard let noise else { return method }
    return try NoiseTunnel(
      method, kind: noise.kind, samples: noise.samples, deviation: noise.deviation, seed: UInt64(noise.seed))
  }
}
