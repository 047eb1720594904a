/// What a row of the dataset says that a model should have answered.
public struct RowLabel: Sendable, Equatable {
  /// As the dataset writes it.
  public let text: String
  /// The elements of a label that is a list; nil where it is one value.
  public let elements: [String]?

  /// - Returns: nil where the row has no label: none at all, or an empty one.
  public init?(_ text: String?, elements: [String]? = nil) {
    guard elements != nil || !ClassIndex.trimmed(text ?? "").isEmpty else { return nil }
    self.text = text ?? ""
    self.elements = elements
  }
}

/// The classes that a label means to a task.
public enum LabelClasses: Sendable, Equatable {
  /// The task's labels are no classes, or the row has none.
  case none
  /// One, or those of a list.
  case classes([Int])
  /// These labels are no class of the model.
  case unknown([String])
}

/// What a label comes to beside a prediction.
public struct LabelMeaning: Sendable, Equatable {
  /// The class that the label means; nil where it is none, and where it is a list of other than one.
  public let index: Int?
  /// Whether the prediction is what the label says; nil where that cannot be said.
  public let isCorrect: Bool?
  /// Whether the label is not a class, although the model's answers are classes.
  public let isUnknown: Bool
  /// What to show of a label that is unknown: the labels, and the model's first classes.
  public let unknown: [String]
  public let classes: [String]

  public init(
    index: Int? = nil, isCorrect: Bool? = nil, isUnknown: Bool = false, unknown: [String] = [], classes: [String] = []
  ) {
    self.index = index
    self.isCorrect = isCorrect
    self.isUnknown = isUnknown
    self.unknown = unknown
    self.classes = classes
  }
}

extension ModelTask {
  /// What a row's label comes to beside what the model decided.
  ///
  /// - Parameter showsLabels: whether labels that are no class may be shown.
  public func meaning(of label: RowLabel?, for prediction: Prediction, showsLabels: Bool = true) -> LabelMeaning {
    guard let label else { return LabelMeaning() }
    switch classes(of: label) {
    case .none: return LabelMeaning(isCorrect: isCorrect(prediction, label: label, classes: []))
    case .classes(let indices):
      return LabelMeaning(
        index: indices.count == 1 ? indices[0] : nil,
        isCorrect: isCorrect(prediction, label: label, classes: indices))
    case .unknown(let labels):
      return LabelMeaning(isUnknown: true, unknown: showsLabels ? labels : [], classes: outputNames.shown)
    }
  }

  /// The targets that `target: label` means for a row: the classes of its label.
  ///
  /// - Throws: `AttributionError` with code `example` where the label is none of the model's.
  func targets(of label: RowLabel?) throws -> [Target] {
    guard let label else { throw AttributionError(.example, "the row has no label to explain") }
    switch classes(of: label) {
    case .none: throw AttributionError(.example, "the row's label is no class to explain")
    case .unknown:
      throw AttributionError(.example, "the row's label is no class of the model, or more than one")
    case .classes(let indices) where indices.isEmpty:
      throw AttributionError(.example, "the row's label is an empty list: there is no class to explain")
    case .classes(let indices): return indices.map { .class(.index($0)) }
    }
  }
}
