import SalienceTensors

extension VulkanStream: PartnerRowsKernels {
  func partnerRows(_ x: Handle, output: Handle) throws {
    let (_, width, extent) = try size(output)
    try recordRows(
      "partner_rows", constants: [extent == .tokens ? 1 : 0],
      [tables.range(.offsets), tables.range(.sequences), range(x), range(output)], rows: .all(extent), width: width,
      more: [BatchTables.entry(.sequences)], elements: elements(x, output))
  }
}
