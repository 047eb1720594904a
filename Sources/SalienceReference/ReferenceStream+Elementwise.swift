import SalienceTensors

extension ReferenceStream: ElementwiseKernels {
  public func add(_ a: Handle, _ b: Handle, output: Handle) throws {
    try store(zip(values(a), values(b)).map(+), to: output)
  }

  public func multiply(_ a: Handle, _ b: Handle, output: Handle) throws {
    try store(zip(values(a), values(b)).map(*), to: output)
  }
}
