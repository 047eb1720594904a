import SalienceTensors

extension VulkanStream: ColumnScalingKernels {
  func scaleColumns(_ x: Handle, by factors: [Float], output: Handle) throws {
    let (_, width, extent) = try size(output)
    let part = width / factors.count
    let units = RowUnits(width: width, parts: [part])
    let three = factors + Array(repeating: 1, count: 3 - factors.count)
    try recordRows(
      "column_scaling", [range(x), range(output)], rows: .all(extent), width: width, parts: [part],
      more: [UInt32(part / units.size)] + three.map(\.bitPattern), elements: elements(x, output))
  }
}
