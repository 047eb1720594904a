import SalienceCPU
import SalienceReference
import SalienceTensors
import SalienceTestSupport
import SalienceVulkan
import Testing

/// A backend of the op suite: how to open a stream, and the error it declares.
struct TestBackend: Sendable, CustomTestStringConvertible {
  let device: DeviceDescription
  /// What a validation layer has complained of so far; nil where none listens.
  let complaints: @Sendable () -> [String]?
  let stream: @Sendable (Plan, RandomParameters) throws -> any Kernels
  /// What tells the backend from others on the same device.
  let note: String

  var testDescription: String { "\(device.name) \(device.precision.rawValue)\(note) (\(device.details))" }

  init(
    device: DeviceDescription, note: String = "", complaints: @escaping @Sendable () -> [String]? = { nil },
    stream: @escaping @Sendable (Plan, RandomParameters) throws -> any Kernels
  ) {
    self.device = device
    self.note = note
    self.complaints = complaints
    self.stream = stream
  }

  /// Every backend there is; a new one joins the whole suite here.
  static let all = [TestBackend(device: ReferenceBackend().device) { ReferenceStream(parameters: $1) }] + cpu + vulkan

  /// The processor, in every precision that it multiplies in.
  static let cpu = CPUBackend.precisions.map { precision in
    let backend = CPUBackend(precision: precision, threads: 1)
    return TestBackend(device: backend.device) { try backend.stream(for: $0, parameters: $1) }
  }

  /// Every Vulkan device that the loader finds, software devices too, in every precision that it multiplies in; none on
  /// a machine without Vulkan.
  ///
  /// The loader's own variable VK_ICD_FILENAMES names drivers that are not installed for the whole machine, such as
  /// SwiftShader.
  static let vulkan: [TestBackend] = VulkanTestDevice.all.map(\.info).flatMap { info in
    VulkanBackend.precisions.flatMap { precision in
      // Products in half precision have kernels for matrix units and others, which such a device is tested with too.
      (info.productShapes[precision] == nil ? [false] : [true, false]).compactMap { usesMatrixUnits in
        // Where the layer is not installed, the numbers are still tested.
        let backend =
          (try? open(info, precision, usesMatrixUnits, validation: true))
          ?? (try? open(info, precision, usesMatrixUnits, validation: false))
        return backend.map { backend in
          TestBackend(
            device: backend.device, note: usesMatrixUnits ? " on matrix units" : "",
            complaints: { backend.messages?.all }
          ) { try backend.stream(for: $0, parameters: $1) }
        }
      }
    }
  }

  private static func open(
    _ info: VulkanDeviceInfo, _ precision: Precision, _ usesMatrixUnits: Bool, validation: Bool
  ) throws -> VulkanBackend {
    try VulkanBackend(
      selection: .uuid(info.uuid), precision: precision, threads: 1, validation: validation, cacheDirectory: "",
      usesMatrixUnits: usesMatrixUnits)
  }
}

/// Weights that depend on nothing but their names.
struct RandomParameters: ParameterSource {
  private let shapes: [String: [Int]]

  init(_ plan: Plan) {
    shapes = Dictionary(plan.parameters.map { ($0.pieces[0], $0.shape) }) { first, _ in first }
  }

  func shape(of name: String) -> [Int]? { shapes[name] }

  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    var random = Randomness(seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    let scale = shapes[name].map { $0.count == 2 ? 1 / Double($0[1]).squareRoot() : 1 } ?? 1
    for index in destination.indices { destination[index] = Float(random.next() * scale) }
  }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), as numbers between -√3 and √3: mean 0, variance 1.
struct Randomness {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ z >> 31) >> 11) / Double(1 << 52) - 1) * 3.0.squareRoot()
  }

  /// Numbers that float32 holds exactly, so that every backend is given the same.
  mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in Float(next()) } }
}
