import SalienceTensors

extension VulkanStream: SigmoidKernels {
  func sigmoid(_ x: Handle, output: Handle, derivative: Handle?) throws {
    let (target, size) = (try range(output), try size(output))
    try recordRows(
      "sigmoid", constants: [derivative == nil ? 0 : 1], [range(x), target, derivative.map(range) ?? target],
      rows: .all(size.extent), width: size.width, elements: elements(x, output, derivative))
  }
}
