import Foundation
import SalienceReports
import Testing

@Suite struct ModelPartitionTests {
  @Test(arguments: [
    ("plain-1.0_a", "model=plain-1.0_a"), ("a b", "model=a%20b"), ("a=b", "model=a%3Db"), ("a%20b", "model=a%2520b"),
    ("é👍", "model=%C3%A9%F0%9F%91%8D"), ("'\"\n", "model=%27%22%0A"), ("..", "model=.."), ("", "model="),
  ])
  func directoriesAndModelsAreOneToOne(_ model: String, _ directory: String) {
    #expect(ModelPartition.directory(of: model) == directory)
    #expect(ModelPartition.model(of: directory) == model)
  }

  @Test func whatIsNoEscapeStandsForItself() {
    #expect(ModelPartition.model(of: "model=100%") == "100%")
    #expect(ModelPartition.model(of: "model=%zz%4") == "%zz%4")
    #expect(ModelPartition.model(of: "model=%+1") == "%+1")
    #expect(ModelPartition.model(of: "models=a") == nil)
  }

  @Test func aRunKnowsItsModelsByTheirNames() throws {
    let scratch = try Scratch()
    let part = "\(scratch.path)/predictions/model=a%20b"
    try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: "\(part)/part-00000.parquet"))
    let run = try RunDirectory(path: scratch.path)
    #expect(run.models == ["a b"])
    #expect(run.parts(of: .predictions, model: "a b") == ["\(part)/part-00000.parquet"])
  }
}
