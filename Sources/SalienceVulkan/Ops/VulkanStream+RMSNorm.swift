import SalienceTensors

extension VulkanStream: RMSNormKernels {
  func rmsNorm(
    _ x: Handle, residual: Handle?, gamma: Parameter, groups: NormGroups, epsilon: Float, output: Handle,
    inverseRoot: Handle?, sum: Handle?
  ) throws {
    let (_, width, extent) = try size(output)
    let (input, target) = (try range(x), try range(output))
    try recordSharedRows(
      "rms_norm", constants: [residual == nil, inverseRoot == nil, sum == nil].map { $0 ? 0 : 1 },
      [
        input, residual.map(range) ?? input, parameters.range(gamma), target, inverseRoot.map(range) ?? target,
        sum.map(range) ?? target,
      ],
      rows: .all(extent), width: width, parts: [groups.size], segments: groups.segments(ofWidth: width),
      more: arguments(groups, width: width) + [epsilon.bitPattern],
      elements: elements(x, residual, output, inverseRoot, sum) + groups.width)
  }

  func rmsNormGradient(
    _ gradient: Handle, sum: Handle?, inverseRoot: Handle, gamma: Parameter, groups: NormGroups, output: Handle
  ) throws {
    let (_, width, extent) = try size(output)
    let dy = try range(gradient)
    try recordSharedRows(
      "rms_norm_backward", constants: [sum == nil ? 1 : 0],
      [dy, sum.map(range) ?? dy, range(inverseRoot), parameters.range(gamma), range(output)],
      rows: .all(extent), width: width, parts: [groups.size], segments: groups.segments(ofWidth: width),
      more: arguments(groups, width: width), elements: elements(gradient, sum, inverseRoot, output) + groups.width)
  }

  /// Groups, units of a group, segments of a row and elements of a group.
  func arguments(_ groups: NormGroups, width: Int) -> [UInt32] {
    let unit = RowUnits(width: width, parts: [groups.size]).size
    return [
      UInt32(groups.count), UInt32(groups.size / unit), UInt32(groups.segments(ofWidth: width)),
      Float(groups.size).bitPattern,
    ]
  }
}

extension NormGroups {
  /// The groups, and the columns past them.
  func segments(ofWidth width: Int) -> Int { self.width < width ? count + 1 : count }
}
