extension Plan {
  /// The same with float32 operands, whatever a backend's precision, in products over rows of these extents.
  package func keepingFloat32(_ extents: Set<RowExtent>) -> Plan {
    var result = self
    for index in instructions.indices {
      switch instructions[index].operation {
      case var product as Linear where extents.contains(product.rows):
        product.isRounded = false
        result.instructions[index].operation = product
      case var product as LinearInputGradient where extents.contains(product.rows):
        product.isRounded = false
        result.instructions[index].operation = product
      default: break
      }
    }
    return result
  }
}
