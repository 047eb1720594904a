import SalienceKernelsC
import SalienceTensors

extension CPUStream: RMSNormKernels {
  func rmsNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, groups: NormGroups, epsilon: Float, output: Handle,
    inverseRoot: Handle?, sum: Handle?
  ) throws {
    let (rows, width) = try size(output)
    salience_rms_norm(
      try pointer(x), try residual.map(pointer), try parameters.values(gamma), epsilon, rows, width, groups.count,
      groups.size, try pointer(output), try inverseRoot.map(pointer), try sum.map(pointer))
  }

  func rmsNormGradient(
    _ gradient: Handle, sum: Handle?, inverseRoot: Handle, gamma: Parameter, groups: NormGroups, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    salience_rms_norm_backward(
      try pointer(gradient), try sum.map(pointer), try pointer(inverseRoot), try parameters.values(gamma), rows, width,
      groups.count, groups.size, try pointer(output))
  }
}
