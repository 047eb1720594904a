import SalienceTensors

extension VulkanStream: FirstRowKernels {
  func firstRow(_ x: Handle, output: Handle) throws {
    try recordRows(
      "first_row", [tables.range(.offsets), range(x), range(output)], rows: .all(.sequences),
      width: size(output).width, elements: 2 * elements(output))
  }

  func firstRowGradient(_ gradient: Handle, output: Handle) throws {
    try recordRows(
      "first_row_backward",
      [tables.range(.offsets), tables.range(.sequences), range(gradient), range(output)], rows: .all(.tokens),
      width: size(output).width, elements: elements(gradient, output))
  }
}
