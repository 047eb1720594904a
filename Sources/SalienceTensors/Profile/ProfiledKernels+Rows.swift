extension ProfiledKernels: RMSNormKernels, GatedActivationKernels, RotaryKernels {
  package func rmsNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, groups: NormGroups, epsilon: Float, output: Handle,
    inverseRoot: Handle?, sum: Handle?
  ) throws {
    let work = KernelWork(elements: elements(x, residual, output, inverseRoot, sum) + gamma.count)
    try measure("rms_norm", work) {
      try $0.rmsNorm(
        x, residual: residual, gamma: gamma, groups: groups, epsilon: epsilon, output: output,
        inverseRoot: inverseRoot, sum: sum)
    }
  }

  package func rmsNormGradient(
    _ gradient: Handle, sum: Handle, inverseRoot: Handle, gamma: Parameter, groups: NormGroups, output: Handle
  ) throws {
    let work = KernelWork(elements: elements(gradient, sum, inverseRoot, output) + gamma.count)
    try measure("rms_norm_backward", work) {
      try $0.rmsNormGradient(
        gradient, sum: sum, inverseRoot: inverseRoot, gamma: gamma, groups: groups, output: output)
    }
  }

  package func gatedActivation(_ function: ActivationFunction, _ x: Handle, output: Handle) throws {
    try measure("gated_activation", KernelWork(elements: elements(x, output))) {
      try $0.gatedActivation(function, x, output: output)
    }
  }

  package func gatedActivationGradient(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, output: Handle
  ) throws {
    try measure("gated_activation_backward", KernelWork(elements: elements(gradient, x, output))) {
      try $0.gatedActivationGradient(function, gradient, x: x, output: output)
    }
  }

  package func rotary(_ x: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle) throws {
    try measure("rotary", rotaryWork(x, embedding, output)) {
      try $0.rotary(x, embedding, parts: parts, output: output)
    }
  }

  package func rotaryGradient(
    _ gradient: Handle, _ embedding: RotaryEmbedding, parts: HeadParts, output: Handle
  ) throws {
    try measure("rotary_backward", rotaryWork(gradient, embedding, output)) {
      try $0.rotaryGradient(gradient, embedding, parts: parts, output: output)
    }
  }

  /// Both matrices, and a cosine and a sine a pair of columns of each row.
  private func rotaryWork(_ x: Handle, _ embedding: RotaryEmbedding, _ output: Handle) -> KernelWork {
    KernelWork(elements: elements(x, output) + 2 * rows(output) * embedding.frequencies.count)
  }
}
