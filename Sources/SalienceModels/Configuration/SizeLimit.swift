/// The largest sizes that are believed of a config.json, far beyond those of any model there is.
enum SizeLimit {
  static let layers = 1000
  /// H, F, E and other widths of rows.
  static let width = 1 << 20
  static let heads = 1 << 16
  static let headSize = 1 << 16
  /// V.
  static let words = 1 << 26
  static let types = 1 << 16
  static let positions = 1 << 24
  /// Positions where a table holds a row for each distance between two.
  static let relativePositions = 1 << 15
  /// Tokens of an attention window.
  static let window = 1 << 24
}
