import SalienceKernelsC
import SalienceTensors

extension CPUStream: HeadProjectionKernels {
  func headProjection(
    _ x: Handle, weight: Parameter, bias: Parameter?, heads: Int, isTransposed: Bool, output: Handle
  ) throws {
    let (rows, width) = try size(output)
    let matrices = try parameters.headMatrices(weight, heads: heads, isTransposed: isTransposed)
    salience_head_projection(
      try pointer(x), rows, heads, try size(x).width / heads, width / heads, matrices.pointer,
      try bias.map(parameters.values), try pointer(output),
      try scratch(count: salience_head_projection_scratch(rows, width / heads)))
  }
}
