import SalienceTensors

extension Subject {
  /// The tokens that can be left out: the text's own, without the one whose row an output about a position is read
  /// from.
  ///
  /// A prompt is read at its last token, whichever that is, so all of its tokens can.
  var removableTokens: [Int] {
    let read = output.tokenCount == nil ? output.selectedRow : nil
    return (0..<input.sequence.count).filter { !encoding.special[$0] && $0 != read }
  }

  /// What the model reads where some tokens are left out: the ids that stay, at the positions that the family gives
  /// them.
  ///
  /// - Parameter removed: some of `removableTokens`.
  /// - Returns: nil where nothing that an output could be read from stays.
  func input(without removed: some Collection<Int>) -> PathEnd? {
    var stays = [Bool](repeating: true, count: input.sequence.count)
    for token in removed { stays[token] = false }
    let kept = stays.indices.filter { stays[$0] }
    guard let last = kept.indices.last else { return nil }
    let types = encoding.modelTypeIDs
    var sequence = architecture.sequence(ids: kept.map { encoding.ids[$0] }, typeIDs: kept.map { types[$0] })
    if output.tokenCount != nil {
      sequence.selectedRow = last
    } else if let row = output.selectedRow {
      guard let place = kept.firstIndex(of: row) else { return nil }
      sequence.selectedRow = place
    }
    if !output.candidates.isEmpty {
      sequence.candidates = kept.map { output.candidates[$0] }
      guard sequence.candidates.contains(true) else { return nil }
    }
    return PathEnd(sequence)
  }
}
