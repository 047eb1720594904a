import SalienceTensors

extension CPUStream: ColumnsKernels {
  func columns(_ x: Handle, from first: Int, output: Handle) throws {
    let (rows, width) = try size(output)
    let (input, inputWidth, target) = (try pointer(x), try size(x).width, try pointer(output))
    for row in 0..<rows { (target + row * width).update(from: input + row * inputWidth + first, count: width) }
  }
}
