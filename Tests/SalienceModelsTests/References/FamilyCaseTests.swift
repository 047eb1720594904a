import SalienceAttribution
import SalienceCPU
import SalienceModels
import Testing

/// Every reference value of Tests/Fixtures/families, on the CPU: all families and heads.
@Suite struct FamilyCaseTests {
  /// A family, or a head of it, that has no folder is a gap; a family that waits no longer belongs to the others.
  @Test func everyFamilyAndHeadIsSwept() throws {
    var (types, heads, expected) = (Set<String>(), Set<String>(), Set<String>())
    for name in FamilyFolder.names {
      let configuration = try FamilyFolder(name).checkpoint.config
      let family = type(of: try ModelRegistry.architecture(for: configuration))
      types.insert(try configuration.string("model_type"))
      heads.insert("\(family.modelType) \(try ModelHead(of: configuration).rawValue)")
      expected.formUnion(family.heads.map { "\(family.modelType) \($0.rawValue)" })
    }
    #expect(types == Set(ModelRegistry.modelTypes))
    #expect(heads == expected)
    #expect(types.isDisjoint(with: FamilyFolder.waiting))
  }

  @Test(arguments: FamilyFolder.names) func values(folder name: String) async throws {
    let folder = try FamilyFolder(name)
    var comparison = FamilyComparison()
    try await folder.check(folder.cases, folder.inputs, on: CPUBackend(), &comparison)
    print("\(name): \(folder.cases.count) cases, \(comparison)")
  }
}
