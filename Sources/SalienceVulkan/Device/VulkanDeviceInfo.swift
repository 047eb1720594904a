import SalienceTensors

/// What a physical device is and can do, for people and for choosing.
public struct VulkanDeviceInfo: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case discrete, integrated, virtual
    /// A software device: for tests, never faster than the CPU backend.
    case cpu
    case other
  }

  /// Place in the loader's list: N of `vulkan:N`.
  public let index: Int
  public let name: String
  public let kind: Kind
  /// Lowercase, with hyphens: stays the same over restarts and between Vulkan and CUDA.
  public let uuid: String
  public let driverName: String
  public let driverVersion: String
  /// Major, minor and patch of the Vulkan that the driver offers.
  public let apiVersion: String
  /// Bytes of each heap of the device's own memory.
  public let deviceHeaps: [Int]
  public let limits: VulkanLimits
  public let hasTimelineSemaphores: Bool
  /// Shapes of VK_KHR_cooperative_matrix; empty without it.
  public let matrixShapes: [MatrixShape]
  /// The shapes that matrix products run on, where their kernels compute correctly; none for a precision without.
  public let productShapes: [Precision: MatrixShape]

  public init(
    index: Int, name: String, kind: Kind, uuid: String, driverName: String, driverVersion: String, apiVersion: String,
    deviceHeaps: [Int], limits: VulkanLimits, hasTimelineSemaphores: Bool, matrixShapes: [MatrixShape],
    productShapes: [Precision: MatrixShape] = [:]
  ) {
    self.index = index
    self.name = name
    self.kind = kind
    self.uuid = uuid
    self.driverName = driverName
    self.driverVersion = driverVersion
    self.apiVersion = apiVersion
    self.deviceHeaps = deviceHeaps
    self.limits = limits
    self.hasTimelineSemaphores = hasTimelineSemaphores
    self.matrixShapes = matrixShapes
    self.productShapes = productShapes
  }

  /// Bytes of the largest heap of the device's own memory.
  public var memory: Int { deviceHeaps.max() ?? 0 }
}

/// The limits that kernels and memory have to respect.
public struct VulkanLimits: Sendable, Equatable {
  /// Most invocations of a work group along x, y and z.
  public var maxWorkGroupSize = [128, 128, 64]
  /// Most invocations of a work group in all.
  public var maxWorkGroupInvocations = 128
  /// Most work groups of a dispatch along x, y and z.
  public var maxWorkGroupCount = [65_535, 65_535, 65_535]
  /// Bytes of shared memory of a work group.
  public var sharedMemoryBytes = 16_384
  /// Invocations of a subgroup, as the driver chooses by default.
  public var subgroupSize = 1
  /// VkSubgroupFeatureFlags that compute shaders may use; 0 where they may use none.
  public var subgroupOperations: UInt32 = 0
  /// Bytes that one storage buffer binding may span.
  public var maxStorageRange = 1 << 27
  /// Bytes that the offset of a binding is a multiple of.
  public var storageAlignment = 256
  /// Bytes of one allocation.
  public var maxAllocation = 1 << 30
  /// Bytes of push constants.
  public var pushConstantBytes = 128
  /// Nanoseconds a tick of the timestamps; 0 where the compute queue has none.
  public var timestampPeriod = 0.0

  /// The least that Vulkan 1.1 lets a device offer.
  public init() {}
}

/// C [M x N] = A [M x K] · B [K x N] + C that a subgroup multiplies as one instruction.
public struct MatrixShape: Sendable, Hashable, CustomStringConvertible {
  public let m: Int
  public let n: Int
  public let k: Int
  /// Element types of A and B, and of C and the result, such as `f16` and `f32`.
  public let operands: String
  public let accumulator: String

  public init(m: Int, n: Int, k: Int, operands: String, accumulator: String) {
    self.m = m
    self.n = n
    self.k = k
    self.operands = operands
    self.accumulator = accumulator
  }

  /// Multiplications of one instruction.
  var volume: Int { m * n * k }

  public var description: String { "\(m)x\(n)x\(k) \(operands)->\(accumulator)" }
}
