import SalienceTensors

extension ReferenceStream: ColumnScalingKernels {
  public func scaleColumns(_ x: Handle, by factors: [Float], output: Handle) throws {
    let width = try size(output).width
    try store(
      values(x).enumerated().map { Double(factors[$0 % width / (width / factors.count)]) * $1 }, to: output)
  }
}
