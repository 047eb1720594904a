/// Another program whose numbers a method is to repeat: what its settings are there, where the user says nothing else.
///
/// A preset knows only methods that come out the same, in the column `normalized` where that program scales its scores.
/// Methods that draw random numbers repeat another program's where they are given its numbers.
public enum Preset: String, Sendable, CaseIterable {
  /// Captum 0.9.
  case captum
  /// AllenNLP 2.10, `allennlp/interpret/saliency_interpreters`: gradients of the loss of the predicted class.
  case allennlp
  /// Ecco 0.1.2, `ecco/attribution.py`: of the next token's probability.
  case ecco
  /// inseq 0.7, `inseq/attr/feat/gradient_attribution.py`, with its default aggregation `vnorm` and `normalize`.
  case inseq
  /// ferret 0.4.2, `ferret/explainers/gradient.py`, with `normalize_scores`.
  case ferret

  /// A key of a method and its value, as a pipeline file has them; a key of `noise` counts where there is noise.
  public typealias Entry = (key: String, value: String)

  /// The methods it knows, in the order of the registry.
  public var methods: [String] { MethodRegistry.names.filter { entries(of: $0) != nil } }

  /// The settings of a method; nil where the program has no such method, or another one under its name.
  public func entries(of method: String) -> [Entry]? {
    switch self {
    case .captum: Self.captumEntries[method]
    case .allennlp: Self.allennlpEntries[method]
    case .ecco:
      Self.lengths(of: method, more: [IntegratedGradients.name: [("baseline", "zero"), ("keep_special", "false")]])
    case .inseq: Self.lengths(of: method, more: [IntegratedGradients.name: [("baseline", "unk")]])
    case .ferret: Self.ferretEntries[method]
    }
  }

  private static let plain: [Entry] = [
    ("normalize", "none"), ("noise.samples", "5"), ("noise.deviation", "1"),
  ]

  private static let captumEntries: [String: [Entry]] = [
    IntegratedGradients.name: plain, GradientTimesInput.name: plain + [("reduction", "sum")], Saliency.name: plain,
    LayerGradientTimesActivation.name: plain, InternalInfluence.name: plain,
    GradientSHAP.name: [("normalize", "none"), ("samples", "5")], Occlusion.name: [("normalize", "none")],
    FeatureAblation.name: [("normalize", "none")], KernelSHAP.name: [("normalize", "none"), ("samples", "25")],
    ShapleySampling.name: [("normalize", "none"), ("samples", "25")],
  ]

  private static let loss: [Entry] = [
    ("layer", "word-embeddings"), ("output", "log-probability"), ("normalize", "l1"),
  ]

  private static let allennlpEntries: [String: [Entry]] = [
    GradientTimesInput.name: loss + [("reduction", "sum")],
    IntegratedGradients.name: loss + [
      ("steps", "10"), ("quadrature", "riemann-left"), ("baseline", "zero"), ("keep_special", "false"),
    ],
  ]

  /// Of programs whose scores are the lengths of attributions of the next token's probability, divided by their sum.
  private static func lengths(of method: String, more: [String: [Entry]]) -> [Entry]? {
    guard [IntegratedGradients.name, GradientTimesInput.name, Saliency.name].contains(method) else { return nil }
    return [
      ("layer", "word-embeddings"), ("output", "probability"), ("reduction", "l2"), ("normalize", "l1"),
    ] + (more[method] ?? [])
  }

  private static let signed: [Entry] = [("layer", "word-embeddings"), ("normalize", "l1-signed")]

  private static let ferretEntries: [String: [Entry]] = [
    Saliency.name: signed, GradientTimesInput.name: signed + [("reduction", "sum")],
    IntegratedGradients.name: signed + [("baseline", "pad")],
  ]

  /// What may be said under the key `preset`, for `--help` and the reference page.
  static let help =
    "the program whose settings are meant where nothing else is said: "
    + allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
}
