import SalienceTensors

extension VulkanStream: ElementwiseKernels {
  func add(_ a: Handle, _ b: Handle, output: Handle) throws {
    try recordElements("add", [range(a), range(b), range(output)], like: output,
      elements: elements(a, b, output))
  }

  func multiply(_ a: Handle, _ b: Handle, output: Handle) throws {
    try recordElements("multiply", [range(a), range(b), range(output)], like: output,
      elements: elements(a, b, output))
  }
}
