import CVulkan

/// The layout that all kernels of one number of buffers share: storage buffers at bindings 0, 1, 2 … of set 0, and
/// 128 bytes of push constants, which every device has.
enum PipelineLayouts {
  static func create(
    _ device: VulkanDevice, buffers: Int
  ) throws -> (set: VkDescriptorSetLayout, pipeline: VkPipelineLayout) {
    let bindings = (0..<buffers).map { index in
      var binding = VkDescriptorSetLayoutBinding()
      binding.binding = UInt32(index)
      binding.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
      binding.descriptorCount = 1
      binding.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT.rawValue
      return binding
    }
    var created: VkDescriptorSetLayout?
    try bindings.withUnsafeBufferPointer { bindings in
      var info = VkDescriptorSetLayoutCreateInfo()
      info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO
      info.bindingCount = UInt32(bindings.count)
      info.pBindings = bindings.baseAddress
      try VulkanError.check(
        device.call { $0.createDescriptorSetLayout(device.handle, &info, nil, &created) }, "vkCreateDescriptorSetLayout"
      )
    }
    let set = try VulkanError.require(created, "vkCreateDescriptorSetLayout")
    var push = VkPushConstantRange(stageFlags: VK_SHADER_STAGE_COMPUTE_BIT.rawValue, offset: 0, size: 128)
    var borrowed: VkDescriptorSetLayout? = set
    var layout: VkPipelineLayout?
    let result = withUnsafePointer(to: &push) { push in
      withUnsafePointer(to: &borrowed) { borrowed in
        var info = VkPipelineLayoutCreateInfo()
        info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO
        info.setLayoutCount = 1
        info.pSetLayouts = borrowed
        info.pushConstantRangeCount = 1
        info.pPushConstantRanges = push
        return device.call { $0.createPipelineLayout(device.handle, &info, nil, &layout) }
      }
    }
    guard result == VK_SUCCESS, let layout else {
      device.call { $0.destroyDescriptorSetLayout(device.handle, set, nil) }
      throw VulkanError(result, in: "vkCreatePipelineLayout")
    }
    return (set, layout)
  }
}
