import SalienceTensors

/// How the CPU keeps each weight of some ops: as it is, or packed for the products that read it.
struct ParameterRoles {
  /// Tables and vectors.
  private(set) var plain = Set<Parameter>()
  /// Matrices of products in the forward pass.
  private(set) var forward = Set<Parameter>()
  /// Matrices of products in the backward pass.
  private(set) var backward = Set<Parameter>()

  init(_ operations: [any Operation]) {
    for operation in operations {
      switch operation {
      case let linear as Linear:
        forward.insert(linear.weight)
        if let bias = linear.bias { plain.insert(bias) }
      case let gradient as LinearInputGradient: backward.insert(gradient.weight)
      default: plain.formUnion(operation.parameters)
      }
    }
  }

  /// Bytes of the tables and vectors, which stay in float32.
  var plainBytes: Int { Self.elements(plain) * Precision.f32.size }

  /// Bytes of both packed copies.
  func packedBytes(_ precision: Precision) -> Int {
    (Self.elements(forward) + Self.elements(backward)) * precision.size
  }

  /// What a matrix is packed for.
  func directions(of parameter: Parameter) -> [PackedWeight.Direction] {
    (forward.contains(parameter) ? [.forward] : []) + (backward.contains(parameter) ? [.backward] : [])
  }

  private static func elements(_ parameters: Set<Parameter>) -> Int { parameters.reduce(0) { $0 + $1.count } }
}
