extension Plan {
  /// The same with float32 operands, whatever a backend's precision, in products over rows of these extents.
  package func keepingFloat32(_ extents: Set<RowExtent>) -> Plan {
    var result = self
    for (index, instruction) in instructions.enumerated() {
      guard let product = instruction.operation.product, extents.contains(product.rows) else { continue }
      result.instructions[index].operation = instruction.operation.keepingFloat32()
    }
    return result
  }
}
