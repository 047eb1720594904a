import CVulkan

/// Descriptor sets of one submission, taken back together.
final class DescriptorPools {
  private let device: VulkanDevice
  private var pools: [VkDescriptorPool] = []
  /// The pool that sets are taken from, and what it has left.
  private var current = 0
  private var (setsLeft, buffersLeft) = (0, 0)

  private static let sets = 256
  private static let buffers = 2048

  init(_ device: VulkanDevice) { self.device = device }

  /// The owner has waited for the submission.
  deinit { for pool in pools { device.call { $0.destroyDescriptorPool(device.handle, pool, nil) } } }

  /// A set of `layout` with `buffers` at bindings 0, 1, 2 ….
  func set(_ layout: VkDescriptorSetLayout, buffers: [BufferRange]) throws -> VkDescriptorSet {
    if pools.isEmpty || setsLeft == 0 || buffersLeft < buffers.count { try advance() }
    var layout: VkDescriptorSetLayout? = layout
    var set: VkDescriptorSet?
    try withUnsafePointer(to: &layout) { layout in
      var info = VkDescriptorSetAllocateInfo()
      info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO
      info.descriptorPool = pools[current]
      info.descriptorSetCount = 1
      info.pSetLayouts = layout
      try VulkanError.check(
        device.call { $0.allocateDescriptorSets(device.handle, &info, &set) }, "vkAllocateDescriptorSets")
    }
    setsLeft -= 1
    buffersLeft -= buffers.count
    let result = try VulkanError.require(set, "vkAllocateDescriptorSets")
    write(buffers, to: result)
    return result
  }

  /// Takes every set back.
  func reset() throws {
    for pool in pools {
      try VulkanError.check(device.call { $0.resetDescriptorPool(device.handle, pool, 0) }, "vkResetDescriptorPool")
    }
    current = 0
    (setsLeft, buffersLeft) = pools.isEmpty ? (0, 0) : (Self.sets, Self.buffers)
  }

  private func write(_ buffers: [BufferRange], to set: VkDescriptorSet) {
    let infos = buffers.map {
      VkDescriptorBufferInfo(buffer: $0.buffer, offset: VkDeviceSize($0.offset), range: VkDeviceSize($0.size))
    }
    infos.withUnsafeBufferPointer { infos in
      var write = VkWriteDescriptorSet()
      write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET
      write.dstSet = set
      write.descriptorCount = UInt32(infos.count)
      write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
      write.pBufferInfo = infos.baseAddress
      // One write fills consecutive bindings, since all are of one kind with one descriptor each.
      if !infos.isEmpty { device.call { $0.updateDescriptorSets(device.handle, 1, &write, 0, nil) } }
    }
  }

  private func advance() throws {
    if !pools.isEmpty { current += 1 }
    if current == pools.count { try pools.append(create()) }
    (setsLeft, buffersLeft) = (Self.sets, Self.buffers)
  }

  private func create() throws -> VkDescriptorPool {
    var size = VkDescriptorPoolSize(type: VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, descriptorCount: UInt32(Self.buffers))
    var pool: VkDescriptorPool?
    try withUnsafePointer(to: &size) { size in
      var info = VkDescriptorPoolCreateInfo()
      info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO
      info.maxSets = UInt32(Self.sets)
      info.poolSizeCount = 1
      info.pPoolSizes = size
      try VulkanError.check(
        device.call { $0.createDescriptorPool(device.handle, &info, nil, &pool) }, "vkCreateDescriptorPool")
    }
    return try VulkanError.require(pool, "vkCreateDescriptorPool")
  }
}
