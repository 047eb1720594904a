import SalienceTensors

extension VulkanStream: MeanRowKernels {
  func meanRow(_ x: Handle, output: Handle) throws {
    try recordRows(
      "mean_row", [tables.range(.offsets), range(x), range(output)], rows: .all(.sequences),
      width: size(output).width, elements: elements(x, output))
  }

  func meanRowGradient(_ gradient: Handle, output: Handle) throws {
    try recordRows(
      "mean_row_backward", [tables.range(.offsets), tables.range(.sequences), range(gradient), range(output)],
      rows: .all(.tokens), width: size(output).width, elements: elements(gradient, output))
  }
}
