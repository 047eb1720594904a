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
    taps[.queriesKeysValues(index)] = layer.queriesKeysValues
    taps[.context(index)] = layer.context
    taps[.neurons(index)] = layer.neurons
    return layer.output
  }
}

/// What a layer computes: its output, and what each of its parts adds to the rows that went in, [R x H] each; what
/// attention reads [R x 3W] and makes of it [R x W], and what the feed-forward part holds in between [R x F].
struct LayerValues {
  let output, attention, feedForward, queriesKeysValues, context, neurons: ValueID
}
