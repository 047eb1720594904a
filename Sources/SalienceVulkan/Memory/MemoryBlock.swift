import CVulkan

/// What a piece of memory is for, which decides the type of memory it is taken from.
enum MemoryUse: String, Sendable {
  /// Tensors: the device's own memory.
  case device
  /// Written by the host, read by the device.
  case upload
  /// Written by the device, read by the host.
  case readBack

  /// Property flags in order of preference; the last are guaranteed to exist.
  var preferences: [UInt32] {
    let local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT.rawValue
    let host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT.rawValue | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT.rawValue
    return switch self {
    case .device: [local, 0]
    case .upload: [host | local, host]
    case .readBack: [host | VK_MEMORY_PROPERTY_HOST_CACHED_BIT.rawValue, host]
    }
  }

  /// Bytes of a block that serves many small requests.
  var blockSize: Int {
    switch self {
    case .device: 32 << 20
    case .upload: 4 << 20
    case .readBack: 1 << 20
    }
  }
}

/// One allocation of the driver's and the buffer that spans it.
final class MemoryBlock: @unchecked Sendable {
  // Unchecked: immutable after init; contents are ordered by submissions.
  let device: VulkanDevice
  let buffer: VkBuffer
  let size: Int
  /// Where the host sees the block; nil for the device's own memory.
  let mapped: UnsafeMutableRawPointer?
  private let memory: VkDeviceMemory

  /// - Throws: `VulkanError`: `capacity` above the device's largest allocation, or one of the out-of-memory codes.
  init(_ device: VulkanDevice, bytes: Int, use: MemoryUse) throws {
    guard bytes <= device.limits.maxAllocation else {
      throw VulkanError(
        .capacity, "a buffer of \(bytes) bytes exceeds the device's largest, \(device.limits.maxAllocation)")
    }
    try device.faults?.pass(.allocation, bytes: bytes)
    let buffer = try Self.createBuffer(device, bytes: bytes)
    do {
      var requirements = VkMemoryRequirements()
      device.call { $0.getBufferMemoryRequirements(device.handle, buffer, &requirements) }
      let memory = try Self.allocate(device, requirements, use: use)
      do {
        try VulkanError.check(
          device.call { $0.bindBufferMemory(device.handle, buffer, memory, 0) }, "vkBindBufferMemory")
        var mapped: UnsafeMutableRawPointer?
        if use != .device {
          try VulkanError.check(
            device.call { $0.mapMemory(device.handle, memory, 0, SALIENCE_VK_WHOLE_SIZE, 0, &mapped) }, "vkMapMemory")
        }
        self.mapped = mapped
      } catch {
        device.call { $0.freeMemory(device.handle, memory, nil) }
        throw error
      }
      self.memory = memory
    } catch {
      device.call { $0.destroyBuffer(device.handle, buffer, nil) }
      throw error
    }
    self.device = device
    self.buffer = buffer
    size = bytes
  }

  deinit {
    device.call { $0.destroyBuffer(device.handle, buffer, nil) }
    device.call { $0.freeMemory(device.handle, memory, nil) }
  }

  private static func createBuffer(_ device: VulkanDevice, bytes: Int) throws -> VkBuffer {
    var info = VkBufferCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO
    info.size = VkDeviceSize(bytes)
    info.usage =
      VK_BUFFER_USAGE_STORAGE_BUFFER_BIT.rawValue | VK_BUFFER_USAGE_TRANSFER_SRC_BIT.rawValue
      | VK_BUFFER_USAGE_TRANSFER_DST_BIT.rawValue
    info.sharingMode = VK_SHARING_MODE_EXCLUSIVE
    var buffer: VkBuffer?
    try VulkanError.check(device.call { $0.createBuffer(device.handle, &info, nil, &buffer) }, "vkCreateBuffer")
    return try VulkanError.require(buffer, "vkCreateBuffer")
  }

  /// Takes the first type of memory that the buffer may live in, in the order of `use`'s preferences; a full heap
  /// leads on to the next.
  private static func allocate(
    _ device: VulkanDevice, _ requirements: VkMemoryRequirements, use: MemoryUse
  ) throws -> VkDeviceMemory {
    let flags = device.physical.memoryTypeFlags
    var failure = VulkanError(.unsupported, "the device has no memory for \(use.rawValue) buffers")
    for wanted in use.preferences {
      let type = flags.indices.first {
        requirements.memoryTypeBits & (1 << UInt32($0)) != 0 && flags[$0] & wanted == wanted
      }
      guard let type else { continue }
      var info = VkMemoryAllocateInfo()
      info.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO
      info.allocationSize = requirements.size
      info.memoryTypeIndex = UInt32(type)
      var memory: VkDeviceMemory?
      let result = device.call { $0.allocateMemory(device.handle, &info, nil, &memory) }
      if result == VK_SUCCESS { return try VulkanError.require(memory, "vkAllocateMemory") }
      failure = VulkanError(result, in: "vkAllocateMemory of \(requirements.size) bytes")
      // Tensors in host memory would be slower than smaller batches.
      if use == .device || !failure.isShortOfMemory { break }
    }
    throw failure
  }
}
