import Foundation
import SalienceTestSupport
import Testing

@Suite("Arrows between targets")
struct ArrowTests {
  static let backends: Set<String> = ["SalienceCPU", "SalienceVulkan"]

  let dump: Data
  let manifest: PackageManifest

  init() throws {
    dump = try Repository.packageDump()
    manifest = try JSONDecoder().decode(PackageManifest.self, from: dump)
  }

  @Test("Every arrow points to an earlier target")
  func arrowsPointBack() {
    #expect(manifest.targets.count >= 17)
    #expect(manifest.backwardArrows == [])
  }

  @Test("Nothing between SalienceTensors and SaliencePipeline reaches a backend")
  func backendsStayBelow() {
    #expect(
      manifest.targetsReachingBackend(from: "SalienceTensors", through: "SaliencePipeline", backends: Self.backends)
        == [])
    #expect(manifest.reachable(from: "SalienceCLI").contains("SalienceCPU"))
  }

  @Test("No product has what only the tests share, and the tests alone come after it")
  func testSupportStaysOut() throws {
    let names = manifest.targets.filter { $0.type != "test" }.map(\.name)
    #expect(names.last == "SalienceTestSupport")
    #expect(names.filter { manifest.reachable(from: $0).contains("SalienceTestSupport") } == [])
    #expect(manifest.products.count >= 2)
    #expect(manifest.products.flatMap(\.targets).filter { $0 == "SalienceTestSupport" } == [])
  }

  @Test("No target has unsafe flags, which would bar the package from being depended on")
  func noUnsafeFlags() throws {
    #expect(!String(decoding: dump, as: UTF8.self).contains("unsafeFlags"))
    #expect(!(try Repository.text("Package.swift").contains("unsafeFlags")))
  }

  @Test("The example needs the umbrella library alone, and no product ships it")
  func exampleNeedsSalienceAlone() throws {
    let example = try #require(manifest.targets.first { $0.name == "AttributeExample" })
    #expect(example.dependencies.map(\.name) == ["Salience"])
    let products = try #require(try JSONSerialization.jsonObject(with: dump) as? [String: Any])["products"]
    let shipped = (products as? [[String: Any]] ?? []).flatMap { $0["targets"] as? [String] ?? [] }
    #expect(shipped.contains("SalienceCLI") && !shipped.contains("AttributeExample"), "\(shipped)")
  }

  @Test("Tests come after every target they could test")
  func testsComeLast() {
    let types = manifest.targets.map { $0.type == "test" }
    #expect(types == types.filter { !$0 } + types.filter { $0 })
  }

  @Test("Sources/README.md lists the targets in the package's order")
  func mapIsTrue() throws {
    let listed = try Repository.text("Sources/README.md").split(separator: "\n").compactMap { line in
      line.hasPrefix("| `") ? line.split(separator: "`").dropFirst().first.map(String.init) : nil
    }
    #expect(listed == manifest.targets.filter { $0.type != "test" }.map(\.name))
  }

  @Test("A target imports only what it declares")
  func importsAreDeclared() throws {
    let ours = Set(manifest.targets.map(\.name))
    var undeclared: [String] = []
    for target in manifest.targets where target.type != "test" {
      for path in try Repository.files(below: target.folder, suffixes: [".swift"]) {
        for line in try Repository.text(path).split(separator: "\n") {
          let words = line.split(separator: " ")
          guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(isModifier) else { continue }
          let module = words.last.map { $0.split(separator: ".")[0] }.map(String.init) ?? ""
          if ours.contains(module), !target.targetNames.contains(module) { undeclared.append("\(path): \(module)") }
        }
      }
    }
    #expect(undeclared == [])
  }

  private func isModifier(_ word: Substring) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }
}

@Suite("The checks themselves")
struct ArrowCheckTests {
  private func manifest(_ arrows: [(String, [String])]) -> PackageManifest {
    PackageManifest(
      products: [],
      targets: arrows.map { name, names in
        .init(name: name, type: "regular", dependencies: names.map { .init(name: $0, isProduct: false) })
      })
  }

  @Test("An arrow to a later target, to itself or to none is found")
  func backwardArrowsAreFound() {
    let manifest = manifest([("A", ["B"]), ("B", ["B"]), ("C", ["A", "X"]), ("D", ["C"])])
    #expect(manifest.backwardArrows == ["A -> B", "B -> B", "C -> X"])
  }

  @Test("A backend behind another target is found")
  func indirectBackendIsFound() {
    let manifest = manifest([("Tensors", []), ("CPU", ["Tensors"]), ("Models", ["CPU"]), ("Pipeline", ["Models"])])
    #expect(
      manifest.targetsReachingBackend(from: "Tensors", through: "Pipeline", backends: ["CPU"])
        == ["Models", "Pipeline"])
    #expect(manifest.targetsReachingBackend(from: "Pipeline", through: "Tensors", backends: ["CPU"]).count == 1)
  }

  @Test("A dump's dependencies are read by target and by product")
  func dumpIsDecoded() throws {
    let json = """
      {"products": [], "targets": [{"name": "A", "type": "regular", "dependencies": [
        {"byName": ["B", null]}, {"target": ["C", {"platformNames": ["linux"]}]},
        {"product": ["Yams", "Yams", null, null]}], "pluginUsages": [{"plugin": ["P", null]}]}]}
      """
    let target = try #require(
      try JSONDecoder().decode(PackageManifest.self, from: Data(json.utf8)).targets.first)
    #expect(target.targetNames == ["B", "C", "P"])
    #expect(target.dependencies.map(\.isProduct) == [false, false, true])
    #expect(target.folder == "Sources/A")
  }
}
