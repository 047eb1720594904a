import SalienceKernelsC
import SalienceTensors

extension CPUStream: PathKernels {
  func interpolate(input: Handle, baseline: Handle, path: PathBatch, output: Handle) throws {
    let width = try size(output).width
    let (x, b, target) = (try pointer(input), try pointer(baseline), try pointer(output))
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated() {
      let row = path.exampleRows[sequence] * width
      salience_interpolate(
        x + row, b + row, Float(path.alphas[sequence]), length * width, target + start * width)
    }
  }

  func accumulate(_ gradient: Handle, path: PathBatch, into sum: Handle) throws {
    let width = try size(gradient).width
    let (dy, target) = (try pointer(gradient), try pointer(sum))
    for (sequence, (start, length)) in zip(batch.offsets, batch.lengths).enumerated()
    where path.weights[sequence] != 0 {
      salience_accumulate(
        Float(path.weights[sequence]), dy + start * width, length * width,
        target + path.exampleRows[sequence] * width)
    }
  }

  func store(_ value: Handle, zeroed: [Bool], into buffer: Handle, at row: Int) throws {
    let width = try size(value).width
    let (source, target) = (try pointer(value), try pointer(buffer) + row * width)
    target.update(from: source, count: zeroed.count * width)
    for (row, zero) in zeroed.enumerated() where zero { (target + row * width).update(repeating: 0, count: width) }
  }

  func clear(_ buffer: Handle, rows: Int, width: Int) throws {
    try pointer(buffer).update(repeating: 0, count: rows * width)
  }

  func reduce(
    input: Handle, baseline: Handle, gradient: Handle, rows: Int, width: Int, reduction: TokenReduction
  ) throws -> PathScores {
    let g = try pointer(gradient)
    var (sums, squares) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: rows))
    switch reduction {
    case .product: salience_path_reduce(try pointer(input), try pointer(baseline), g, rows, width, &sums, &squares)
    case .gradient: salience_gradient_reduce(0, g, rows, width, &sums, &squares)
    case .absolute: salience_gradient_reduce(1, g, rows, width, &sums, &squares)
    }
    return PathScores(sums: sums, squares: squares)
  }
}
