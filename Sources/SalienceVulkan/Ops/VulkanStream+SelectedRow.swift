import SalienceTensors

extension VulkanStream: SelectedRowKernels {
  func selectedRow(_ x: Handle, output: Handle) throws {
    try recordRows(
      "selected_row", [tables.range(.selectedRows), range(x), range(output)], rows: .all(.sequences),
      width: size(output).width, elements: 2 * elements(output))
  }

  func selectedRowGradient(_ gradient: Handle, output: Handle) throws {
    try recordRows(
      "selected_row_backward",
      [tables.range(.selectedRows), tables.range(.sequences), range(gradient), range(output)], rows: .all(.tokens),
      width: size(output).width, elements: elements(gradient, output))
  }
}
