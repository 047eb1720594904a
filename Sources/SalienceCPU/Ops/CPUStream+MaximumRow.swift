import SalienceKernelsC
import SalienceTensors

extension CPUStream: MaximumRowKernels {
  func maximumRow(_ x: Handle, output: Handle, token: Handle?) throws {
    let width = try size(output).width
    let (input, target) = (try pointer(x), try pointer(output))
    let tokens = try token.map(pointer) ?? scratch(count: batch.sequenceCount * width)
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      salience_maximum_row(
        input + start * width, length, width, target + sequence * width, tokens + sequence * width)
    }
  }

  func maximumRowGradient(_ gradient: Handle, token: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let (dy, tokens, target) = (try pointer(gradient), try pointer(token), try pointer(output))
    target.update(repeating: 0, count: rows * width)
    for (sequence, start) in batch.offsets.dropLast().enumerated() {
      for index in sequence * width..<(sequence + 1) * width {
        target[(start + Int(tokens[index])) * width + index % width] = dy[index]
      }
    }
  }
}
