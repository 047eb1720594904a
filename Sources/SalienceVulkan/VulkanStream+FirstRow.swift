import SalienceTensors

extension VulkanStream: FirstRowKernels {
  func firstRow(_ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    try recordRows("first_row", [tables.offsets, range(x), range(output)], rows: rows, width: width,
      elements: 2 * elements(output))
  }

  func firstRowGradient(_ gradient: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    try recordRows(
      "first_row_backward", [tables.offsets, tables.sequences, range(gradient), range(output)], rows: rows,
      width: width, elements: elements(gradient, output))
  }
}
