import CVulkan
import SalienceTensors

/// The matrix units that a device says it has (VK_KHR_cooperative_matrix).
enum CooperativeMatrix {
  static let extensionName = "VK_KHR_cooperative_matrix"

  /// Shapes whose operands belong to a subgroup, in the driver's order; empty without the extension.
  static func shapes(
    of device: VkPhysicalDevice, _ functions: InstanceFunctions, extensions: Set<String>
  ) throws -> [MatrixShape] {
    guard extensions.contains(extensionName), let query = functions.getCooperativeMatrixProperties else { return [] }
    var empty = SalienceCooperativeMatrixPropertiesKHR()
    empty.sType = VkStructureType(rawValue: SALIENCE_VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR)
    let found = try enumerated("vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR", of: empty) { count, list in
      query(device, count, list)
    }
    var seen = Set<MatrixShape>()
    return found.compactMap { shape in
      guard shape.scope == subgroupScope, shape.AType == shape.BType, shape.CType == shape.ResultType else {
        return nil
      }
      let result = MatrixShape(
        m: Int(shape.MSize), n: Int(shape.NSize), k: Int(shape.KSize), operands: name(ofType: shape.AType),
        accumulator: name(ofType: shape.CType))
      return seen.insert(result).inserted ? result : nil
    }
  }

  /// The largest shape that the kernels of products in a precision take: float32 sums, and fragments that tiles divide
  /// into.
  static func shape(for precision: Precision, among shapes: [MatrixShape]) -> MatrixShape? {
    let fitting = shapes.filter { shape in
      shape.operands == precision.rawValue && shape.accumulator == "f32"
        && [shape.m, shape.n, shape.k].allSatisfy { [8, 16, 32].contains($0) }
    }
    // The first of equals, as the driver prefers.
    return fitting.reduce(nil) { best, shape in best.map { $0.volume >= shape.volume } ?? false ? best : shape }
  }

  /// VK_SCOPE_SUBGROUP_KHR.
  private static let subgroupScope: Int32 = 3

  /// VkComponentTypeKHR in the words that precisions go by.
  private static func name(ofType type: Int32) -> String {
    switch type {
    case 0: "f16"
    case 1: "f32"
    case 2: "f64"
    case 3...6: "s\(8 << (type - 3))"
    case 7...10: "u\(8 << (type - 7))"
    case 1_000_141_000: "bf16"
    default: "type \(type)"
    }
  }
}
