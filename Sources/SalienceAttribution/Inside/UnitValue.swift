/// A number of one unit of a layer for one token: its activation, or what passes through it.
public struct UnitValue: Sendable, Equatable {
  /// The layer, 0-based.
  public var layer: Int16
  /// The token's place.
  public var position: Int32
  /// The unit's place in the token's row.
  public var unit: Int32
  public var value: Float

  public init(layer: Int, position: Int, unit: Int, value: Float) {
    self.layer = Int16(clamping: layer)
    self.position = Int32(clamping: position)
    self.unit = Int32(clamping: unit)
    self.value = value
  }
}

/// Which units are kept of a token's row.
public struct UnitCut: Sendable, Hashable {
  /// The layer of what is one layer's.
  public var layer: Int
  /// The most units that are kept of a token and layer, those with the largest values without their signs; nil for all.
  public var topK: Int?
  /// What a value must reach, without its sign.
  public var threshold: Double?

  /// Units that are kept unless more are asked for.
  public static let usualTopK = 16

  public init(layer: Int = 0, topK: Int? = usualTopK, threshold: Double? = nil) {
    self.layer = layer
    self.topK = topK
    self.threshold = threshold
  }

  /// Adds the units of a token that are kept, in their order.
  func keep(_ row: ArraySlice<Float>, of position: Int, layer: Int, in units: inout [UnitValue]) {
    let start = row.startIndex
    for index in row.indices.ofLargest(topK: topK, threshold: threshold, { row[$0] }) {
      units.append(UnitValue(layer: layer, position: position, unit: index - start, value: row[index]))
    }
  }
}
