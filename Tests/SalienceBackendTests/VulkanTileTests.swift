import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// Vulkan kernels come in sizes, chosen by the batch and the device: the numbers must be the op's, whatever the size.
@Suite(.enabled(if: !TestBackend.vulkan.isEmpty, "no Vulkan device")) struct VulkanTileTests {
  /// Each device in each precision as itself, and as one that offers no more than Vulkan 1.1 asks for and counts groups to 3.
  private static let devices: [(own: TestBackend, least: TestBackend)] =
    VulkanTestDevice.all.map(\.info).flatMap { info in
      VulkanBackend.precisions.compactMap { precision in
        guard
          let backend = try? VulkanBackend(
            selection: .uuid(info.uuid), precision: precision, threads: 1, cacheDirectory: "")
        else { return nil }
        return (
          TestBackend(device: backend.device) { try backend.stream(for: $0, parameters: $1) },
          TestBackend(device: backend.device) { try backend.stream(for: $0, parameters: $1, limits: leastLimits) }
        )
      }
    }

  /// Those in float32: half precision makes a difference to products alone.
  private static let exact = devices.filter { $0.own.device.precision == .f32 }

  private static let leastLimits = {
    var limits = VulkanLimits()
    limits.maxWorkGroupCount[0] = 3
    // Tables of more than 64 rows are bound in parts.
    limits.maxStorageRange = 1024
    return limits
  }()

  @Test func leastDeviceMatchesReference() throws {
    for device in Self.devices {
      let precision = device.own.device.precision
      for opCase in try OpCase.all() where opCase.lengths != [512] || opCase.name.hasPrefix("attention") {
        let hasProduct = opCase.plan.instructions.contains { $0.operation.product != nil }
        guard hasProduct || precision == .f32 else { continue }
        let expected = try OpRun(opCase, on: TestBackend.all[0]).values()
        let actual = try OpRun(opCase, on: device.least).values()
        #expect(normalisedError(actual.output, expected.output) <= precision.tolerance, "\(opCase.testDescription)")
        #expect(normalisedError(actual.gradient, expected.gradient) <= precision.tolerance, "\(opCase.testDescription)")
      }
    }
  }

  @Test func tablesInPartsGiveTheSameSum() throws {
    for device in Self.exact {
      for width in [4, 7] {
        let terms = [
          EmbeddingTerm(Parameter("words", shape: [300, width]), .wordIDs),
          EmbeddingTerm(Parameter("types", shape: [2, width]), .typeIDs),
        ]
        var plan = Plan()
        plan.result(try plan.embedding(terms))
        let ids = (0..<40).map { Int32($0 * 7) }
        let batch = PackedBatch([
          TokenSequence(wordIDs: ids, positionIDs: ids, typeIDs: ids.map { $0 % 2 })
        ])
        let sums = try [device.own, device.least].map { backend in
          let kernels = try backend.stream(plan, RandomParameters(plan))
          try kernels.begin(batch)
          let memory = try kernels.allocate(count: 48 * width)
          let output = kernels.view(of: memory, offset: 0, shape: ValueShape(.tokens, width))
          try kernels.embedding(terms, output: output)
          return try kernels.read(output, count: 40 * width)
        }
        #expect(sums[0] == sums[1])
        #expect(sums[0].contains { $0 != 0 })
      }
    }
  }

  /// Few rows take small tiles and many take large ones, without a bit of difference; so do devices.
  @Test func productsDoNotDependOnTheTile() throws {
    for device in Self.devices {
      for (input, output) in [(40, 1536), (1536, 40), (13, 1537), (1537, 13)] {
        func values(_ rows: Int, _ backend: TestBackend) throws -> (output: [Float], gradient: [Float]) {
          let opCase = try OpCase("linear", ValueShape(.tokens, input), lengths: [rows]) { plan, x in
            try plan.linear(
              x, weight: Parameter("weight", shape: [output, input]), bias: Parameter("bias", shape: [output]))
          }
          let run = try OpRun(opCase, on: backend)
          var random = Randomness(seed: 8)
          try run.kernels.write(random.values(run.inputCount), to: run.input, at: 0)
          try run.forward()
          var other = Randomness(seed: 9)
          let result = try run.kernels.read(run.output, count: 5 * output)
          return (result, Array(try run.backward(other.values(run.outputCount)).prefix(5 * input)))
        }
        let few = try values(5, device.own)
        for (rows, backend) in [(600, device.own), (2048, device.own), (600, device.least)] {
          let many = try values(rows, backend)
          #expect(many.output == few.output, "\(rows) rows from \(input) to \(output)")
          #expect(many.gradient == few.gradient, "\(rows) rows from \(input) to \(output)")
        }
      }
    }
  }

  /// A short sequence alone owns small tiles, and beside long ones large ones.
  @Test func attentionDoesNotDependOnTheTile() throws {
    for device in Self.exact {
      for headSize in [16, 64] {
        let width = 2 * headSize
        func values(_ lengths: [Int]) throws -> (output: [Float], gradient: [Float]) {
          let opCase = try OpCase("attention", ValueShape(.tokens, 3 * width), lengths: lengths) {
            try $0.attention($1, heads: 2, scale: 0.25)
          }
          let run = try OpRun(opCase, on: device.own)
          var random = Randomness(seed: 10)
          try run.kernels.write(random.values(run.inputCount), to: run.input, at: 0)
          try run.forward()
          var other = Randomness(seed: 11)
          let result = try run.kernels.read(run.output, count: 9 * width)
          return (result, Array(try run.backward(other.values(run.outputCount)).prefix(27 * width)))
        }
        let alone = try values([9])
        let among = try values([9, 128, 70])
        #expect(among.output == alone.output)
        #expect(among.gradient == alone.gradient)
      }
    }
  }

  @Test func runsAreIdentical() throws {
    for device in Self.exact {
      for opCase in try OpCase.all() where opCase.lengths == [3, 1, 17, 8] {
        let (first, second) = (try OpRun(opCase, on: device.own).values(), try OpRun(opCase, on: device.own).values())
        #expect(first.output == second.output && first.gradient == second.gradient, "\(opCase.testDescription)")
      }
    }
  }
}
