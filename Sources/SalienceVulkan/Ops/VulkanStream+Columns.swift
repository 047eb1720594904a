import SalienceTensors

extension VulkanStream: ColumnsKernels {
  func columns(_ x: Handle, from first: Int, output: Handle) throws {
    let ((rows, width, extent), inputWidth) = (try size(output), try size(x).width)
    // Units of four elements must begin and end where the input's do.
    let isVector = [width, inputWidth, first].allSatisfy { $0 % 4 == 0 }
    let unit = isVector ? 4 : 1
    guard rows > 0 else { return }
    try record(
      Kernel("columns", [UInt32(Self.groupSize), isVector ? 1 : 0]),
      [range(x), range(output), tables.range(.counts)],
      push: [BatchTables.entry(extent), UInt32(width / unit), UInt32(inputWidth / unit), UInt32(first / unit)],
      groups: groups((rows * width / unit + Self.groupSize - 1) / Self.groupSize),
      work: KernelWork(elements: 2 * rows * width))
  }
}
