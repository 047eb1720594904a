import SalienceTensors

extension VulkanStream: ElementwiseKernels {
  func add(_ a: Handle, _ b: Handle, output: Handle) throws { try combine("add", a, b, output: output) }

  func multiply(_ a: Handle, _ b: Handle, output: Handle) throws { try combine("multiply", a, b, output: output) }

  private func combine(_ stem: String, _ a: Handle, _ b: Handle, output: Handle) throws {
    let size = try size(output)
    try recordRows(
      stem, [range(a), range(b), range(output)], rows: .all(size.extent), width: size.width,
      elements: elements(a, b, output))
  }
}
