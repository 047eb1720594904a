import SalienceKernelsC
import SalienceTensors

extension CPUStream: ColumnScalingKernels {
  func scaleColumns(_ x: Handle, by factors: [Float], output: Handle) throws {
    let (rows, width) = try size(output)
    salience_scale_columns(try pointer(x), factors, factors.count, rows, width, try pointer(output))
  }
}
