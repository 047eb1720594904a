extension SequenceClassification {
  /// Classes whose probability, the sigmoid of the logit, is above 0.5.
  func chosen(_ logits: [Float]) -> [Int] { logits.indices.filter { logits[$0] > 0 } }

  /// One class, or, with several labels a text, those of a list.
  ///
  /// A list is one of the dataset's, or text with commas between names, as `predicted` writes them. The label of a
  /// regression, and of a model with a single output, is not a class.
  public func classes(of label: RowLabel) -> LabelClasses {
    guard kind != .regression, outputNames.count > 1 else { return .none }
    guard kind == .multiLabel else {
      let elements = label.elements ?? [label.text]
      guard elements.count == 1, let index = outputNames.index(meantBy: elements[0]) else {
        return .unknown([label.text])
      }
      return .classes([index])
    }
    var elements = label.elements ?? [label.text]
    if label.elements == nil, outputNames.index(meantBy: label.text) == nil { elements = Self.elements(of: label.text) }
    var (indices, unknown) = ([Int](), [String]())
    for element in elements {
      if let index = outputNames.index(meantBy: element) {
        if !indices.contains(index) { indices.append(index) }
      } else {
        unknown.append(element)
      }
    }
    return unknown.isEmpty ? .classes(indices) : .unknown(unknown)
  }

  /// The parts of `a, b` or `['a', 'b']`.
  private static func elements(of text: String) -> [String] {
    var list = ClassIndex.trimmed(text)[...]
    let isBracketed = list.first == "[" && list.last == "]" && list.count > 1
    if isBracketed { list = list.dropFirst().dropLast() }
    if isBracketed, ClassIndex.trimmed(list).isEmpty { return [] }
    return list.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let part = ClassIndex.trimmed(part)
      guard isBracketed, part.count > 1, let quote = part.first, quote == part.last, quote == "'" || quote == "\""
      else { return part }
      return String(part.dropFirst().dropLast())
    }
  }

  /// Whether the class is the label's; with several labels a text, whether both sets are the same.
  public func isCorrect(_ prediction: Prediction, label: RowLabel, classes: [Int]) -> Bool? {
    switch kind {
    case .regression: nil
    case .multiLabel: outputNames.count > 1 ? Set(chosen(prediction.logits)) == Set(classes) : nil
    case .singleLabel: classes.isEmpty ? nil : classes == [prediction.index]
    }
  }
}

extension MaskedLanguageModel {
  /// The token that the label is.
  public func classes(of label: RowLabel) -> LabelClasses {
    let elements = label.elements ?? [label.text]
    guard elements.count == 1, let index = outputNames.index(meantBy: elements[0]) else {
      return .unknown([label.text])
    }
    return .classes([index])
  }

  /// Whether the token is the label's; nil where there are several masks, which one label does not fill.
  public func isCorrect(_ prediction: Prediction, label: RowLabel, classes: [Int]) -> Bool? {
    prediction.logits.count == 1 && classes.count == 1 ? classes[0] == prediction.index : nil
  }
}

extension QuestionAnswering {
  /// Whether the answer is one of the label's, as SQuAD counts exact matches.
  public func isCorrect(_ prediction: Prediction, label: RowLabel, classes: [Int]) -> Bool? {
    let answers = label.elements ?? [label.text]
    guard !answers.isEmpty else { return nil }
    let own = ExactMatch(prediction.label)
    return answers.contains { ExactMatch($0).matches(own) }
  }
}
