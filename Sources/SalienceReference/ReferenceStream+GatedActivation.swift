import SalienceTensors

extension ReferenceStream: GatedActivationKernels {
  public func gatedActivation(_ function: ActivationFunction, _ x: Handle, output: Handle) throws {
    let (rows, width) = try size(output)
    let input = try values(x)
    let result = (0..<rows).flatMap { row in
      (0..<width).map { function.value(input[row * 2 * width + $0]) * input[row * 2 * width + width + $0] }
    }
    try store(result, to: output)
  }

  public func gatedActivationGradient(
    _ function: ActivationFunction, _ gradient: Handle, x: Handle, isShared: Bool, output: Handle
  ) throws {
    let (rows, width) = try size(gradient)
    let share = isShared ? 0.5 : 1
    let slope = { (a: Double) in isShared && abs(a) >= 1e-30 ? function.value(a) / a : function.slope(a) }
    let (dy, input) = (try values(gradient), try values(x))
    var result = input
    for row in 0..<rows {
      for column in 0..<width {
        let (first, second) = (row * 2 * width + column, row * 2 * width + width + column)
        result[first] = share * dy[row * width + column] * input[second] * slope(input[first])
        result[second] = share * dy[row * width + column] * function.value(input[first])
      }
    }
    try store(result, to: output)
  }
}
