import SalienceTensors

/// What a program of a model computes: where the model is cut, what is read out of it, and how gradients pass it.
public struct ProgramSpec: Sendable, Hashable {
  /// Where the program begins, and where gradients end.
  public var layer: AttributionLayer
  /// Where gradients end instead: a later layer, whose values follow from those at `layer`.
  public var inner: AttributionLayer?
  /// Which rows become outputs.
  public var readout: Readout
  /// What makes outputs of logits.
  public var output: OutputFunction
  /// false for float32 operands in every product, whatever the backend's precision.
  public var isRounded: Bool
  /// How gradients pass the ops; nil for a program that only predicts.
  public var rules: BackwardRules?
  /// What the program gives besides its outputs.
  public var taps: [Tap]
  /// Values inside the model whose gradients it gives.
  public var gradients: [Tap]

  public init(
    layer: AttributionLayer = .embeddings, inner: AttributionLayer? = nil, readout: Readout = .selectedRow,
    output: OutputFunction = .identity, isRounded: Bool = true, rules: BackwardRules? = .exact, taps: [Tap] = [],
    gradients: [Tap] = []
  ) {
    self.layer = layer
    self.inner = inner
    self.readout = readout
    self.output = output
    self.isRounded = isRounded
    self.rules = rules
    self.taps = taps
    self.gradients = gradients
  }
}
