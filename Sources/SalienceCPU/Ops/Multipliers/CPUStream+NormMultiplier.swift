import SalienceKernelsC
import SalienceTensors

extension CPUStream: NormMultiplierKernels {
  func normMultiplier(
    _ gradient: Handle, rows: Handle, partner: Handle, inverseRoot: Handle, partnerRoot: Handle, gamma: Parameter,
    groups: NormGroups, isCentered: Bool, output: Handle
  ) throws {
    let (count, width) = try size(output)
    salience_norm_multiplier(
      isCentered ? 1 : 0, try pointer(gradient), try pointer(rows), try pointer(partner), try pointer(inverseRoot),
      try pointer(partnerRoot), try parameters.values(gamma), count, width, groups.count, groups.size,
      try pointer(output))
  }
}
