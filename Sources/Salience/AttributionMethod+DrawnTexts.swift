import SalienceAttribution
import SalienceDatasets

extension [any AttributionMethod] {
  /// The methods with the texts that they compare with, for which the dataset is read once, whole.
  ///
  /// A limit on the rows of a run changes nothing of it, so that a run may go on with a greater one.
  func comparing(withTextsOf dataset: RunDataset) throws -> [any AttributionMethod] {
    var draws = map { $0.drawnTexts.map(TextSample.Draw.init) }
    guard draws.contains(where: { $0 != nil }) else { return self }
    let reader = dataset.reader()
    while let record = try reader.next() {
      guard case .example(let example, _) = record else { continue }
      for index in draws.indices { draws[index]?.add(example.text) }
    }
    return zip(self, draws).map { method, draw in draw.map { method.comparing(with: $0.texts) } ?? method }
  }
}
