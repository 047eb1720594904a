import SalienceTensors

/// The weights that operations read, each once, told apart by what reads them.
struct SortedParameters {
  /// In the order of their first use.
  let all: [Parameter]
  /// Read by matrix products with rounded operands, as the weight.
  let matrices: [Parameter]
  /// Read by anything else; one that is such a product's weight too is among both.
  let plain: [Parameter]

  init(_ operations: [any Operation]) {
    var (all, matrices, plain) = ([Parameter](), [Parameter](), [Parameter]())
    var (seen, multiplied, others) = (Set<Parameter>(), Set<Parameter>(), Set<Parameter>())
    for operation in operations {
      let weight = operation.product.flatMap { $0.isRounded ? $0.weight : nil }
      for parameter in operation.parameters {
        if seen.insert(parameter).inserted { all.append(parameter) }
        if parameter == weight {
          if multiplied.insert(parameter).inserted { matrices.append(parameter) }
        } else if others.insert(parameter).inserted {
          plain.append(parameter)
        }
      }
    }
    (self.all, self.matrices, self.plain) = (all, matrices, plain)
  }

  init(_ plan: Plan) { self.init(plan.instructions.map(\.operation)) }

  init(_ programs: [PathProgram], decoders: [DecoderProgram] = []) {
    self.init(programs.flatMap(\.operations) + decoders.flatMap(\.operations))
  }

  /// Bytes on a device whose products are computed in `precision`.
  func bytes(in precision: Precision) -> Int {
    guard precision != .f32 else { return all.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride }
    return plain.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride
      + matrices.reduce(0) { $0 + ($1.count + 1) / 2 } * MemoryLayout<UInt32>.stride
  }
}
