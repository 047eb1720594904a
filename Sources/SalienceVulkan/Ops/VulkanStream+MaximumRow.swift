import SalienceTensors

extension VulkanStream: MaximumRowKernels {
  func maximumRow(_ x: Handle, output: Handle, token: Handle?) throws {
    let target = try range(output)
    try recordRows(
      "maximum_row", constants: [token == nil ? 0 : 1],
      [tables.range(.offsets), range(x), target, token.map(range) ?? target], rows: .all(.sequences),
      width: size(output).width, elements: elements(x, output, token))
  }

  func maximumRowGradient(_ gradient: Handle, token: Handle, output: Handle) throws {
    try recordRows(
      "maximum_row_backward",
      [tables.range(.offsets), tables.range(.sequences), range(gradient), range(token), range(output)],
      rows: .all(.tokens), width: size(output).width, elements: elements(gradient, token, output))
  }
}
