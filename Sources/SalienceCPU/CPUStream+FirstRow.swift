import SalienceTensors

extension CPUStream: FirstRowKernels {
  func firstRow(_ x: Handle, output: Handle) throws {
    let width = try size(output).width
    let (input, target) = (try pointer(x), try pointer(output))
    for (sequence, row) in batch.offsets.dropLast().enumerated() {
      (target + sequence * width).update(from: input + row * width, count: width)
    }
  }

  func firstRowGradient(_ gradient: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let (dy, target) = (try pointer(gradient), try pointer(output))
    target.update(repeating: 0, count: rows * width)
    for (sequence, row) in batch.offsets.dropLast().enumerated() {
      (target + row * width).update(from: dy + sequence * width, count: width)
    }
  }
}
