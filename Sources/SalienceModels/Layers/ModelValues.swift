import SalienceTensors

/// The values of a model's plan that have names.
public struct ModelValues: Sendable {
  /// Where the plan can be cut.
  public internal(set) var points: [AttributionLayer: ValueID] = [:]
  /// What can be read out of it.
  public internal(set) var taps: [Tap: ValueID] = [:]

  /// Names what the next layer computes.
  ///
  /// - Returns: its output.
  mutating func add(_ layer: LayerValues, at index: Int) -> ValueID {
    points[.encoder(index)] = layer.output
    taps[.layer(index)] = layer.output
    taps[.attention(index)] = layer.attention
    taps[.feedForward(index)] = layer.feedForward
    return layer.output
  }
}

/// What a layer computes: its output, and what each of its parts adds to the rows that went in; [R x H] each.
struct LayerValues {
  let output, attention, feedForward: ValueID
}
