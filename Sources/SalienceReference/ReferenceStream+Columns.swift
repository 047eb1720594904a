import SalienceTensors

extension ReferenceStream: ColumnsKernels {
  public func columns(_ x: Handle, from first: Int, output: Handle) throws {
    let (rows, width) = try size(output)
    let (input, inputWidth) = (try values(x), try size(x).width)
    try store((0..<rows).flatMap { input[$0 * inputWidth + first..<$0 * inputWidth + first + width] }, to: output)
  }
}
