import Foundation
import SalienceTensors
import SalienceVulkan
import Testing

/// No form of a kernel is used that computes wrong numbers on the device at hand.
@Suite(.enabled(if: TestDevice.info != nil, "no Vulkan device")) struct KernelCheckTests {
  private func backend(
    faults: VulkanFaults? = nil, warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> VulkanBackend {
    let info = try #require(TestDevice.info)
    return try VulkanBackend(
      selection: .uuid(info.uuid), validation: TestDevice.hasValidation, cacheDirectory: "", faults: faults, warn: warn)
  }

  private func scores(on backend: VulkanBackend) async throws -> [[Double]] {
    let model = try await backend.prepare([SmallModel.program()], parameters: SmallModel())
    return try await model.attribute(program: 0, requests: SmallModel.requests(8, points: 9)).flatMap(\.scores)
  }

  @Test func everyFormComputesWhatItShould() throws {
    let backend = try backend()
    let checks = try backend.checkKernels()
    for stem in [
      "linear", "linear_backward", "attention", "attention_backward_queries", "attention_backward_keys",
      "attention_backward_offsets", "activation", "layer_norm", "layer_norm_backward", "head_projection",
      "head_projection_transposed", "attention_multi_query_scores", "attention_multi_query_softmax",
      "attention_multi_query_values", "attention_multi_query_softmax_backward", "attention_multi_query_backward_rows",
    ] {
      #expect(checks.contains { $0.kernel.hasPrefix(stem + " ") }, "\(stem)")
    }
    for check in checks { #expect(check.fault == nil, "\(check.kernel)") }
    #expect(backend.messages?.all ?? [] == [])
  }

  /// What has passed once is not tried again on the same driver; what failed is.
  @Test func passedChecksAreRemembered() throws {
    let info = try #require(TestDevice.info)
    let directory = FileManager.default.temporaryDirectory.appending(path: "salience-checks-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    func submissions(wrong: String? = nil) throws -> (count: Int, checks: [KernelCheck]) {
      let faults = VulkanFaults(wrongKernels: { kernel in wrong.map(kernel.hasPrefix) ?? false })
      let backend = try VulkanBackend(
        selection: .uuid(info.uuid), threads: 1, validation: false, cacheDirectory: directory.path, faults: faults)
      let checks = try backend.checkKernels()
      return (faults.count(.submission), checks)
    }
    let first = try submissions(wrong: "attention ")
    #expect(first.count >= first.checks.count)
    #expect(first.checks.contains { $0.fault != nil })
    let failed = first.checks.filter { $0.kernel.hasPrefix("attention ") }.count
    let second = try submissions()
    #expect(second.count == failed)
    #expect(second.checks.allSatisfy { $0.fault == nil })
    #expect(try submissions().count == 0)
  }

  /// Results do not depend on the form, so a wrong one costs a warning and nothing else.
  @Test(arguments: ["attention", "attention_backward_queries", "attention_backward_keys"])
  func wrongTilesOfAttentionAreReplaced(stem: String) async throws {
    let expected = try await scores(on: backend())
    let (wrong, warnings) = (LockedList(), LockedList())
    // The first form that the model asks for is wrong; a plainer one has to do.
    let faults = VulkanFaults(wrongKernels: { kernel in
      guard kernel.hasPrefix(stem + " "), wrong.all.isEmpty else { return false }
      wrong.append(kernel)
      return true
    })
    let actual = try await scores(on: backend(faults: faults) { warnings.append($0) })
    #expect(actual == expected)
    let kernel = try #require(wrong.all.first)
    #expect(warnings.all.count == 1)
    #expect(warnings.all.allSatisfy { $0.contains("the kernel \(kernel) is not used on") })
  }

  /// 10,000 rows are enough for tiles of 64 on any device that has them.
  @Test func wrongTilesOfProductsAreReplaced() throws {
    func values(_ backend: VulkanBackend) throws -> [Float] {
      let weight = Parameter("in", shape: [2 * SmallModel.hidden, SmallModel.hidden])
      var plan = Plan()
      let x = plan.input(ValueShape(.tokens, SmallModel.hidden))
      plan.result(try plan.linear(x, weight: weight, bias: nil))
      let kernels = try backend.stream(for: plan, parameters: SmallModel())
      let rows = 10_000
      let ids = Array(repeating: Int32(0), count: rows)
      try kernels.begin(PackedBatch([TokenSequence(wordIDs: ids, positionIDs: ids, typeIDs: ids)]))
      let memory = try kernels.allocate(count: 3 * rows * SmallModel.hidden)
      let input = kernels.view(of: memory, offset: 0, shape: ValueShape(.tokens, SmallModel.hidden))
      let output = kernels.view(
        of: memory, offset: rows * SmallModel.hidden, shape: ValueShape(.tokens, 2 * SmallModel.hidden))
      try kernels.write((0..<rows * SmallModel.hidden).map { Float($0 % 97) / 97 - 0.5 }, to: input, at: 0)
      try kernels.linear(
        input, weight: weight, isRounded: true, bias: nil, activation: nil, output: output, derivative: nil)
      return try kernels.read(output, count: 2 * rows * SmallModel.hidden)
    }
    let expected = try values(backend())
    let warnings = LockedList()
    let actual = try values(
      backend(faults: VulkanFaults(wrongKernels: { $0.contains(" 64 64 ") || $0.contains(" 128 128 ") })) {
        warnings.append($0)
      })
    #expect(actual == expected)
    #expect(expected.contains { $0 != 0 })
    #expect(warnings.all.count >= 1)
  }

  @Test func aKernelWithNoFormLeftNamesDeviceAndKernel() async throws {
    let info = try #require(TestDevice.info)
    let backend = try backend(faults: VulkanFaults(wrongKernels: { $0.hasPrefix("linear ") }))
    let error = await #expect(throws: VulkanError.self) { _ = try await scores(on: backend) }
    #expect(error?.code == .shader)
    #expect(error?.description.contains("linear ") == true)
    #expect(error?.description.contains(info.driverName) == true)
    #expect(error?.description.contains(info.name) == true)
  }

  /// Gradients hang on these kernels, of which there is one form each: where it is wrong, no score is told.
  @Test(arguments: ["layer_norm", "layer_norm_backward", "attention_backward_offsets"])
  func wrongKernelsOfOneFormAreAnError(stem: String) async throws {
    let backend = try backend(faults: VulkanFaults(wrongKernels: { $0.hasPrefix(stem + " ") }))
    let error = await #expect(throws: VulkanError.self) { _ = try await scores(on: backend) }
    #expect(error?.code == .shader)
    #expect(error?.message.contains("the kernel \(stem) ") == true)
  }

  /// Values may be right where the derivative that is saved for the gradient is not.
  @Test func wrongDerivativesOfGELUAreAnError() async throws {
    let warnings = LockedList()
    let faults = VulkanFaults(wrongResults: { $0.hasPrefix("linear ") && $1 == "derivative" })
    let backend = try backend(faults: faults) { warnings.append($0) }
    let error = await #expect(throws: VulkanError.self) { _ = try await scores(on: backend) }
    #expect(error?.code == .shader)
    #expect(error?.message.contains("the normalised mean squared error of the derivative") == true)
    #expect(warnings.all.count >= 1 && warnings.all.allSatisfy { $0.contains("of the derivative") })
  }

  @Test func theReportNamesWrongDerivatives() throws {
    let backend = try backend(faults: VulkanFaults(wrongResults: { $1 == "derivative" }))
    let wrong = try backend.checkKernels().filter { $0.fault != nil }
    #expect(Set(wrong.compactMap { $0.kernel.split(separator: " ").first }).isSuperset(of: ["activation", "linear"]))
    for check in wrong { #expect(check.fault?.contains("of the derivative") == true, "\(check.kernel)") }
  }

  @Test func theReportNamesWrongForms() throws {
    let backend = try backend(faults: VulkanFaults(wrongKernels: { $0.hasPrefix("attention ") }))
    let checks = try backend.checkKernels()
    for check in checks {
      #expect((check.fault != nil) == check.kernel.hasPrefix("attention "), "\(check.kernel)")
    }
  }
}
