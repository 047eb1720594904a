import Foundation
import Testing

extension EndToEndTests {
  @Suite struct VerifyCommand {
    private let tiny: TinyPipeline
    private var part: String { "\(tiny.output)/attributions/model=bert-2-f32/part-00000.parquet" }
    private var manifest: String { "\(tiny.output)/state/model=bert-2-f32/unit-00000.json" }

    init() throws {
      tiny = try TinyPipeline()
      let run = try tiny.run()
      try #require(run.status == 0, "\(run.errors)")
    }

    private func verify(_ options: String...) throws -> SalienceBinary.Result {
      try SalienceBinary.run(["verify", tiny.output] + options, in: tiny.scratch)
    }

    /// Exit code 65, one line on standard error, and every part of `naming` in it and in the result.
    private func expectFault(_ naming: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
      let result = try verify()
      #expect(result.status == 65, "\(result.errors)", sourceLocation: sourceLocation)
      #expect(result.errorLines.count == 1, sourceLocation: sourceLocation)
      for text in naming {
        #expect(result.errors.contains(text), "\(text) in \(result.errors)", sourceLocation: sourceLocation)
        #expect(result.output.contains(text), "\(text) in \(result.output)", sourceLocation: sourceLocation)
      }
      let quiet = try verify("--quiet")
      #expect(quiet.status == 65 && quiet.output.isEmpty && quiet.errorLines.count == 1, sourceLocation: sourceLocation)
      let json = try object(verify("--json"), status: 65)
      #expect(json["verified"] as? Bool == false, sourceLocation: sourceLocation)
      let faults = try #require(json["faults"] as? [[String: Any]], sourceLocation: sourceLocation)
      #expect(faults.count == result.output.split(separator: "\n").count, sourceLocation: sourceLocation)
    }

    private func object(_ result: SalienceBinary.Result, status: Int32) throws -> [String: Any] {
      #expect(result.status == status, "\(result.errors)")
      return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test func aSoundRunVerifiesAndIsLeftAlone() throws {
      let before = try FileTree(tiny.output)
      let result = try verify()
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(result.output == "\(tiny.output): sound; 3 rows under 1 model(s), 1 units, 3 parts\n")
      #expect(try verify("--quiet").output.isEmpty)
      let json = try object(verify("--json"), status: 0)
      #expect(json["verified"] as? Bool == true && json["rows"] as? Int == 3 && json["parts"] as? Int == 3)
      #expect((json["models"] as? [[String: Any]])?.first?["units"] as? Int == 1)
      #expect(try FileTree(tiny.output).differences(from: before).isEmpty)
    }

    @Test func aMissingPart() throws {
      try FileManager.default.removeItem(atPath: part)
      try expectFault(["unit 0 of model bert-2-f32", "\(part): missing"])
    }

    @Test func aFlippedByte() throws {
      var bytes = try Data(contentsOf: URL(fileURLWithPath: part))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(fileURLWithPath: part))
      try expectFault(["unit 0 of model bert-2-f32", "\(part): differs from its checksum"])
    }

    @Test func aDamagedPartThatIsRemovedIsScoredAgain() throws {
      let tables = try FileTree.tables(of: tiny.output)
      try aFlippedByte()
      let refused = try tiny.run("--resume")
      #expect(refused.status == 65 && refused.errorLines.count == 1, "\(refused.errors)")
      for text in ["\(part): differs from its checksum", "remove that file, and --resume scores its unit again"] {
        #expect(refused.errors.contains(text), "\(refused.errors)")
      }
      try FileManager.default.removeItem(atPath: part)
      let resumed = try tiny.run("--resume")
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(try verify().status == 0)
      #expect(try FileTree.tables(of: tiny.output).differences(from: tables).isEmpty)
    }

    @Test func aUnitThatStandsTwice() throws {
      let copy = "\(tiny.output)/attributions/model=bert-2-f32/part-00001.parquet"
      try FileManager.default.copyItem(atPath: part, toPath: copy)
      try expectFault(["unit 1 of model bert-2-f32", "\(copy): named by no manifest"])
      try FileManager.default.copyItem(
        atPath: manifest, toPath: manifest.replacing("unit-00000.json", with: "unit-00001.json"))
      try expectFault(["unit 1 of model bert-2-f32", "the manifest of another unit"])
    }

    @Test func aMissingUnit() throws {
      try FileManager.default.removeItem(atPath: manifest)
      try expectFault(["unit 0 of model bert-2-f32", "\(manifest): missing"])
    }

    @Test func aDamagedManifest() throws {
      try Data("{".utf8).write(to: URL(fileURLWithPath: manifest))
      try expectFault(["unit 0 of model bert-2-f32", "\(manifest): not a manifest"])
    }

    @Test func aRunThatIsNotFinished() throws {
      try FileManager.default.removeItem(atPath: "\(tiny.output)/_SUCCESS")
      try expectFault(["\(tiny.output)/_SUCCESS: missing: the run is not finished"])
      // As after a kill before the finishing step.
      try FileManager.default.removeItem(atPath: "\(tiny.output)/run.json")
      try expectFault(["not finished"])
    }

    @Test func whatIsNoRunIsMissing() throws {
      for path in [tiny.scratch.path, "\(tiny.scratch.path)/none"] {
        let result = try SalienceBinary.run(["verify", path], in: tiny.scratch)
        #expect(result.status == 66 && result.output.isEmpty)
        #expect(result.errorLines.count == 1 && result.errors.contains(path))
      }
    }
  }
}
