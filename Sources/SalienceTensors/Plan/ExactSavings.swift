/// Work that integrated gradients need not do, and that changes no score but by rounding when it is left out.
///
/// All of it is left out; each part can be switched on again to compare.
public struct ExactSavings: OptionSet, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The last layer computes the rows that the output reads, and K and V of the others.
  public static let lastLayerRows = ExactSavings(rawValue: 1 << 0)
  /// Projections of the attribution layer are blended from a path's ends, and those of its gradient run once over the
  /// sum along the path; see `PathEdges`.
  public static let pathEdges = ExactSavings(rawValue: 1 << 1)
  /// Equal baselines are evaluated once.
  public static let sharedBaselines = ExactSavings(rawValue: 1 << 2)
  /// A path between equal ends is not walked: the scores of an input that is its own baseline are zero.
  public static let equalEnds = ExactSavings(rawValue: 1 << 3)
  /// The last layer's keys and values are not computed where one row of it is read, but their weights applied to that
  /// row's query and to what attention makes of the layer's input; for attention without rotary positions or norms of
  /// heads.
  public static let absorbedKeysValues = ExactSavings(rawValue: 1 << 4)

  public static let all: ExactSavings = [
    .lastLayerRows, .pathEdges, .sharedBaselines, .equalEnds, .absorbedKeysValues,
  ]
}
