import Foundation
import SalienceShaders
import SalienceTensors

/// What a kernel's self-check came to on a device.
public struct KernelCheck: Sendable, Equatable {
  /// The kernel and the form it was checked in.
  public let kernel: String
  /// Why the form is not used; nil where it computes what it should.
  public let fault: String?
}

/// Which kernels, and which forms of them, a device computes correctly: each is tried on a small problem before its
/// first use, with all that it writes, the derivatives too.
///
/// Forms that passed are remembered on disk by the shader's words and constants; what failed is tried again every time.
final class KernelChecks: @unchecked Sendable {
  // Unchecked: `results` is touched under `lock` only.
  private let device: VulkanDevice
  private let memory: VulkanMemory
  private let pipelines: PipelineCache
  private let warn: @Sendable (String) -> Void
  private let lock = NSLock()
  private var results: [Kernel: String?] = [:]
  private let file: PipelineCacheFile?
  /// Lines of the file: what is compared, the checksum of a shader's words, and the kernel.
  private var passed: Set<String>
  /// Grows with what is compared, so that a kernel that passed less is tried again.
  private static let revision = 2
  private var unsaved = false

  /// - Parameters:
  ///   - file: nil keeps nothing on disk.
  ///   - warn: told of each form that is not used.
  init(
    _ device: VulkanDevice, memory: VulkanMemory, pipelines: PipelineCache, file: PipelineCacheFile?,
    warn: @escaping @Sendable (String) -> Void
  ) {
    self.file = file
    passed = Set(String(decoding: file?.load() ?? [], as: UTF8.self).split(separator: "\n").map(String.init))
    self.device = device
    self.memory = memory
    self.pipelines = pipelines
    self.warn = warn
  }

  /// The first choice whose kernel computes what it should.
  ///
  /// - Parameter choices: in order of preference, down to the plainest.
  /// - Throws: `VulkanError`: `shader` where none does, naming kernel and driver; what running a check throws.
  func first<Choice>(of choices: [Choice], kernel: (Choice) -> Kernel) throws -> (choice: Choice, kernel: Kernel) {
    var last: (kernel: Kernel, fault: String)?
    for choice in choices {
      let kernel = kernel(choice)
      guard let fault = try fault(of: kernel) else { return (choice, kernel) }
      last = (kernel, fault)
    }
    throw VulkanError(
      .shader,
      "no form of the kernel \(last.map { "\($0.kernel)" } ?? "") computes correctly on \(driver)"
        + (last.map { ": \($0.fault)" } ?? ""))
  }

  /// Makes sure of a kernel that comes in one form alone.
  ///
  /// - Throws: `VulkanError`: `shader` where it computes wrong numbers; what running a check throws.
  func require(_ kernel: Kernel) throws { _ = try first(of: [kernel]) { $0 } }

  /// Why a form is not used, found out at the first call; nil where it computes what it should.
  ///
  /// - Throws: `VulkanError` where memory runs out or the device is lost.
  func fault(of kernel: Kernel) throws -> String? {
    try lock.withLock {
      if let known = results[kernel] { return known }
      let problem = KernelProblem(kernel)
      let line = problem == nil ? nil : Self.line(kernel)
      let fault = line.map(passed.contains) ?? false ? nil : try problem.flatMap(check)
      results[kernel] = .some(fault)
      if fault == nil, let line, passed.insert(line).inserted { unsaved = true }
      if let fault { warn("the kernel \(kernel) is not used on \(driver): \(fault)") }
      return fault
    }
  }

  /// Writes what has passed to disk where that has grown; failing to is no failure of the run.
  func save() {
    lock.withLock {
      guard unsaved, let file else { return }
      unsaved = false
      try? file.store(Array(passed.sorted().joined(separator: "\n").utf8))
    }
  }

  /// nil for a kernel without words.
  private static func line(_ kernel: Kernel) -> String? {
    Shaders.words(kernel.stem).map { "\(revision) \(String(PipelineCacheFile.checksum($0), radix: 16)) \(kernel)" }
  }

  private var driver: String { "\(device.info.name), \(device.info.driverName) \(device.info.driverVersion)" }

  private func check(_ problem: KernelProblem) throws -> String? {
    do {
      var values = try run(problem)
      for (index, result) in problem.results.enumerated()
      where device.faults?.distorts(problem.kernel.description, result: result.name) ?? false {
        values[index] = values[index].map { $0 + 1 }
      }
      return problem.fault(in: values)
    } catch let error as VulkanError where error.code == .shader {
      return error.message
    }
  }

  /// The results of a problem on the device, with commands of its own.
  private func run(_ problem: KernelProblem) throws -> [[Float]] {
    let recorder = try CommandRecorder(device, memory: memory, pipelines: pipelines, checks: self)
    let pieces = try problem.buffers.map { words in
      let bytes = words.count * MemoryLayout<UInt32>.stride
      let piece = try memory.device.take(bytes: bytes)
      let (range, mapped) = try recorder.upload(bytes: bytes)
      words.withUnsafeBytes { if let base = $0.baseAddress { mapped.copyMemory(from: base, byteCount: bytes) } }
      try recorder.copy(range, to: BufferRange(piece, size: bytes), bytes: bytes)
      return piece
    }
    let ranges = zip(pieces, problem.buffers).map { BufferRange($0, size: $1.count * MemoryLayout<UInt32>.stride) }
    try recorder.dispatch(problem.kernel, ranges, push: problem.push, groups: problem.groups)
    let results = try problem.results.map { result in
      let bytes = result.expected.count * MemoryLayout<Float>.stride
      let piece = try memory.readBack.take(bytes: bytes)
      try recorder.copy(ranges[result.binding], to: BufferRange(piece), bytes: bytes)
      return piece
    }
    try withExtendedLifetime(pieces) { try recorder.finish() }
    return try zip(problem.results, results).map { result, piece in
      guard let mapped = piece.mapped else { throw VulkanError(.failed, "read-back memory is not mapped") }
      return withExtendedLifetime(piece) {
        Array(UnsafeBufferPointer(start: mapped.assumingMemoryBound(to: Float.self), count: result.expected.count))
      }
    }
  }
}

extension Kernel: CustomStringConvertible {
  /// `linear 256 128 128 8 2 1 1 0`: the shader and its specialisation constants.
  var description: String { ([stem] + constants.map(String.init)).joined(separator: " ") }
}

extension VulkanBackend {
  /// Checks every form of the kernels that come in several, for heads of 64, and the gradients of GELU and layer norm.
  ///
  /// Runs check what they use by themselves, before they use it.
  public func checkKernels() throws -> [KernelCheck] {
    let session = host.session
    defer { session.savePipelines() }
    return try Self.forms(on: session.device, headSize: 64, precisions: Self.precisions).map {
      KernelCheck(kernel: $0.description, fault: try session.checks.fault(of: $0))
    }
  }

  private static func forms(on device: VulkanDevice, headSize: Int, precisions: [Precision]) -> [Kernel] {
    let limits = device.limits
    let plain = MatrixTile.fitting(limits).map(ProductForm.plain)
    let products = precisions.flatMap { precision in
      let units = device.matrixUnits(for: precision).map { MatrixUnitTile.fitting($0, limits: limits) } ?? []
      // A bias; a bias, GELU and its derivative; the gradient; the gradient times a derivative.
      let kinds: [(stem: String, epilogue: UInt32)] = [
        ("linear", 1), ("linear", 3 + 4 * (1 + ActivationFunction.gelu.constant)), ("linear_backward", 0),
        ("linear_backward", 2),
      ]
      return kinds.flatMap { kind in
        let product = Product(
          stem: kind.stem, rows: 8, columns: 8, depth: 8, epilogue: kind.epilogue, precision: precision)
        return (units.map(ProductForm.matrixUnits) + plain).map { $0.kernel(for: product) }
      }
    }
    let group = UInt32(VulkanStream.groupSize), lanes = UInt32(VulkanStream.lanes)
    let single = [
      Kernel("activation", [group, 1, ActivationFunction.gelu.constant, 1]),
      Kernel("layer_norm", [group, 1, lanes, 1, 1, 1, 1]), Kernel("layer_norm_backward", [group, 1, lanes, 0]),
      Kernel("layer_norm_backward", [group, 1, lanes, 1]),
      Kernel("attention_backward_offsets", [group, headSize % 4 == 0 ? 1 : 0, UInt32(headSize)]),
    ]
    let heads = MatrixTile.fitting(limits).flatMap { tile in
      [false, true].map { tile.kernel(heads: $0, depth: 8, columns: 8, hasBias: true) }
    }
    let multiQuery = [
      Kernel("attention_multi_query_scores", [96, 1, 32]), Kernel("attention_multi_query_softmax", [group, lanes]),
      Kernel("attention_multi_query_values", [group, 3]),
      Kernel("attention_multi_query_softmax_backward", [group, lanes]),
      Kernel("attention_multi_query_backward_rows", [group, 16]),
    ]
    return products + single + heads + multiQuery
      + [AttentionTile.Pass.forward, .queries, .keys].flatMap { pass in
        AttentionTile.fitting(pass, headSize: headSize, limits: limits).flatMap { tile in
          [false, true].map {
            Kernel(pass.rawValue, tile.constants(headSize: headSize, hasWindow: $0) + (pass == .forward ? [1] : []))
          }
        }
      }
  }
}
