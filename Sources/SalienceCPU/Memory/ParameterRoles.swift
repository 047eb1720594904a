import SalienceKernelsC
import SalienceTensors

/// How the CPU keeps each weight of some ops: as it is, or packed for the products that read it.
struct ParameterRoles {
  /// A matrix as some products read it.
  struct Factor: Hashable {
    let parameter: Parameter
    let direction: PackedWeight.Direction
    let precision: Precision
  }

  /// A matrix as projections of heads read it.
  struct HeadFactor: Hashable {
    let parameter: Parameter
    let heads: Int
    let isTransposed: Bool

    /// D and C.
    var rows: Int { parameter.shape[0] / heads }
    var columns: Int { parameter.shape[1] }

    /// Floats of the packed matrices.
    var count: Int {
      salience_head_projection_packed(heads, isTransposed ? rows : columns, isTransposed ? columns : rows)
    }
  }

  /// Tables and vectors.
  private(set) var plain = Set<Parameter>()
  /// Matrices of products.
  private(set) var factors = Set<Factor>()
  /// Matrices of projections of heads, in float32.
  private(set) var headFactors = Set<HeadFactor>()

  /// - Parameter precision: of the products whose operands are rounded.
  init(_ operations: [any Operation], precision: Precision) {
    for operation in operations {
      if let product = operation.product {
        factors.insert(
          Factor(
            parameter: product.weight, direction: product.isBackward ? .backward : .forward,
            precision: product.isRounded ? precision : .f32))
        plain.formUnion(operation.parameters.filter { $0 != product.weight })
      } else if let projection = operation as? HeadProjection {
        headFactors.insert(
          HeadFactor(
            parameter: projection.weight, heads: projection.heads, isTransposed: projection.isTransposed))
        if let bias = projection.bias { plain.insert(bias) }
      } else {
        plain.formUnion(operation.parameters)
      }
    }
  }

  /// Bytes of the tables and vectors, which stay in float32.
  var plainBytes: Int { plain.reduce(0) { $0 + $1.count } * Precision.f32.size }

  /// Bytes of all packed copies.
  var packedBytes: Int {
    factors.reduce(0) { $0 + $1.parameter.count * $1.precision.size }
      + headFactors.reduce(0) { $0 + $1.count } * Precision.f32.size
  }
}
