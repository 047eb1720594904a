import SalienceAttribution
import SalienceCPU
import Testing

/// Every reference value of Tests/Fixtures/attribution, on the CPU.
@Suite struct ReferenceCaseTests {
  @Test func everyFolderIsSwept() throws {
    #expect(Set(try ReferenceFolder.namesOnDisk()) == Set(ReferenceFolder.names))
  }

  @Test(arguments: ReferenceFolder.names) func values(folder name: String) async throws {
    let folder = try ReferenceFolder(name)
    let methods = try folder.methods()
    let model = try await AttributionModel(checkpoint: folder.checkpoint, methods: methods, on: CPUBackend())
    #expect(model.labels == folder.labels)
    let texts = folder.texts
    let encodings = try texts.map { try model.encode($0.text, pair: $0.pair) }
    let results = try await model.score(encodings, labels: texts.map { _ in nil })
    var comparison = ReferenceComparison()
    for reference in folder.cases {
      let text = try #require(texts.firstIndex { $0.text == reference.text && $0.pair == reference.pair })
      let method = try #require(methods.firstIndex { $0.id == reference.methodID })
      let (prediction, explanations) = try results[text].get()
      try #require(explanations.count == methods.count)
      comparison.check(encodings[text], reference)
      comparison.check(prediction, reference)
      comparison.check(explanations[method], reference)
    }
    print("\(name): \(folder.cases.count) cases, \(comparison)")
  }
}
