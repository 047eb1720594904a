import Foundation
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// A device and a precision that it has units for.
struct MatrixUnitTarget: CustomTestStringConvertible {
  let info: VulkanDeviceInfo
  let precision: Precision

  var testDescription: String {
    "\(precision.rawValue) as \(info.productShapes[precision]?.description ?? "") on \(info.name)"
  }

  func backend(
    usesMatrixUnits: Bool = true, profile: Bool = false, faults: VulkanFaults? = nil,
    warn: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> VulkanBackend {
    try VulkanBackend(
      selection: .uuid(info.uuid), precision: precision, threads: 1, profile: profile, cacheDirectory: "",
      faults: faults, usesMatrixUnits: usesMatrixUnits, warn: warn)
  }

  static let all = VulkanTestDevice.all.map(\.info).flatMap { info in
    Precision.allCases.filter { info.productShapes[$0] != nil }.map { Self(info: info, precision: $0) }
  }
}

/// Products on matrix units, on every device that has some for f16 or bf16.
@Suite(.enabled(if: !MatrixUnitTarget.all.isEmpty, "no Vulkan device has matrix units for f16 or bf16"))
struct MatrixUnitTests {
  /// Rows, columns of the operand and of the result: no multiples of anything, and of some things, of one tile and of
  /// several.
  private static let shapes = [
    (1, 1, 1), (5, 3, 2), (8, 8, 8), (17, 40, 24), (33, 129, 67), (64, 64, 64), (130, 96, 200), (200, 136, 130),
    (77, 260, 1), (1, 768, 256),
  ]

  private func values(
    _ shape: (Int, Int, Int), on backend: TestBackend, bias: Bool = true
  ) throws -> (output: [Float], gradient: [Float]) {
    let (rows, input, output) = shape
    let opCase = try OpCase("linear", ValueShape(.tokens, input), lengths: [rows]) { plan, x in
      try plan.linear(
        x, weight: Parameter("weight", shape: [output, input]),
        bias: bias ? Parameter("bias", shape: [output]) : nil)
    }
    return try OpRun(opCase, on: backend).values()
  }

  private func test(_ backend: VulkanBackend) -> TestBackend {
    TestBackend(device: backend.device) { try backend.stream(for: $0, parameters: $1) }
  }

  @Test(arguments: MatrixUnitTarget.all) func productsMatchReference(target: MatrixUnitTarget) throws {
    let backend = try test(target.backend())
    var worst = (forward: 0.0, backward: 0.0)
    for shape in Self.shapes {
      for bias in [true, false] {
        let expected = try values(shape, on: TestBackend.all[0], bias: bias)
        let actual = try values(shape, on: backend, bias: bias)
        let errors = (
          normalisedError(actual.output, expected.output), normalisedError(actual.gradient, expected.gradient)
        )
        #expect(errors.0 <= target.precision.tolerance, "\(shape) forward")
        #expect(errors.1 <= target.precision.tolerance, "\(shape) backward")
        worst = (max(worst.forward, errors.0), max(worst.backward, errors.1))
      }
    }
    print("\(target.testDescription): worst normalised mean squared error \(worst)")
  }

  /// A matrix unit multiplies the same rounded operands, and adds in another order.
  @Test(arguments: MatrixUnitTarget.all) func productsAreThoseOfPlainKernels(target: MatrixUnitTarget) throws {
    let (units, plain) = (try test(target.backend()), try test(target.backend(usesMatrixUnits: false)))
    for shape in Self.shapes {
      let (own, other) = (try values(shape, on: units), try values(shape, on: plain))
      #expect(normalisedError(own.output, other.output) <= Precision.f32.tolerance, "\(shape) forward")
      #expect(normalisedError(own.gradient, other.gradient) <= Precision.f32.tolerance, "\(shape) backward")
    }
  }

  @Test(arguments: MatrixUnitTarget.all) func theUnitsAreUsed(target: MatrixUnitTarget) throws {
    for usesMatrixUnits in [true, false] {
      let backend = try target.backend(usesMatrixUnits: usesMatrixUnits, profile: true)
      guard backend.info.limits.timestampPeriod > 0 else { continue }
      _ = try values((40, 24, 16), on: test(backend))
      let kernels = Set(try #require(backend.profile).entries.keys)
      let own: Set = ["linear_\(target.precision.rawValue)", "linear_backward_\(target.precision.rawValue)"]
      #expect(kernels.isSuperset(of: own.union(["half_precision_rows"])) == usesMatrixUnits)
      #expect(kernels.isSuperset(of: ["linear", "linear_backward"]) == !usesMatrixUnits)
    }
  }

  /// Which tile a row falls into, and with whom, makes no difference; nor does the time of day.
  @Test(arguments: MatrixUnitTarget.all) func rowsAreIndependent(target: MatrixUnitTarget) throws {
    let backend = try test(target.backend())
    let (input, output) = (72, 200)
    let whole = try values((300, input, output), on: backend)
    let again = try values((300, input, output), on: backend)
    #expect(whole.output == again.output && whole.gradient == again.gradient)
    for rows in [1, 40, 129] {
      let part = try values((rows, input, output), on: backend)
      #expect(part.output == Array(whole.output.prefix(rows * output)), "\(rows) rows")
    }
  }

  /// One wrong form among those of the units gives all of them up, so that results do not depend on the batch.
  @Test(arguments: MatrixUnitTarget.all) func wrongUnitsAreNotUsed(target: MatrixUnitTarget) throws {
    let stem = "linear_\(target.precision.rawValue) "
    let warnings = Warnings()
    let faults = VulkanFaults(wrongKernels: { $0.hasPrefix(stem) && $0.contains(" 32 32 ") })
    let backend = try target.backend(faults: faults) { warnings.append($0) }
    let (units, plain) = (try target.backend(), try target.backend(usesMatrixUnits: false))
    let shape = (130, 96, 200)
    let actual = try values(shape, on: test(backend))
    #expect(try actual.output == values(shape, on: test(plain)).output)
    #expect(try actual.gradient == values(shape, on: test(units)).gradient)
    #expect(warnings.all.count == 1)
    #expect(warnings.all.allSatisfy { $0.contains("the kernel \(stem)") && $0.contains("is not used on") })
  }

  @Test(arguments: MatrixUnitTarget.all) func kernelsOfThePrecisionAreListed(target: MatrixUnitTarget) throws {
    let stem = "linear_\(target.precision.rawValue)"
    #expect(target.info.kernels(in: target.precision).contains(stem))
    #expect(!target.info.kernels(in: .f32).contains(stem))
    let checks = try target.backend().checkKernels().filter { $0.kernel.hasPrefix("\(stem) ") }
    #expect(!checks.isEmpty && checks.allSatisfy { $0.fault == nil })
    let plain = try target.backend(usesMatrixUnits: false).checkKernels()
    #expect(!plain.contains { $0.kernel.hasPrefix("\(stem) ") })
  }
}

/// Warnings of a backend, from any thread.
private final class Warnings: @unchecked Sendable {
  private let lock = NSLock()
  private var list: [String] = []

  var all: [String] { lock.withLock { list } }

  func append(_ text: String) { lock.withLock { list.append(text) } }
}
