import SalienceTensors

extension VulkanStream: NormMultiplierKernels {
  func normMultiplier(
    _ gradient: Handle, rows: Handle, partner: Handle, inverseRoot: Handle, partnerRoot: Handle, gamma: Parameter,
    groups: NormGroups, isCentered: Bool, output: Handle
  ) throws {
    let (_, width, extent) = try size(output)
    try recordSharedRows(
      "norm_multiplier", constants: [isCentered ? 1 : 0],
      [
        range(gradient), range(rows), range(partner), range(inverseRoot), range(partnerRoot), parameters.range(gamma),
        range(output),
      ],
      rows: .all(extent), width: width, parts: [groups.size], segments: groups.segments(ofWidth: width),
      more: arguments(groups, width: width),
      elements: elements(gradient, rows, partner, inverseRoot, partnerRoot, output) + groups.width)
  }
}
