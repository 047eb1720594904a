import CVulkan

/// What can be called on a logical device, without the loader's dispatch in between.
struct DeviceFunctions: Sendable {
  let destroyDevice: PFN_vkDestroyDevice
  let deviceWaitIdle: PFN_vkDeviceWaitIdle
  let getDeviceQueue: PFN_vkGetDeviceQueue
  let queueSubmit: PFN_vkQueueSubmit

  let createBuffer: PFN_vkCreateBuffer
  let destroyBuffer: PFN_vkDestroyBuffer
  let getBufferMemoryRequirements: PFN_vkGetBufferMemoryRequirements
  let allocateMemory: PFN_vkAllocateMemory
  let freeMemory: PFN_vkFreeMemory
  let bindBufferMemory: PFN_vkBindBufferMemory
  let mapMemory: PFN_vkMapMemory

  let createShaderModule: PFN_vkCreateShaderModule
  let destroyShaderModule: PFN_vkDestroyShaderModule
  let createDescriptorSetLayout: PFN_vkCreateDescriptorSetLayout
  let destroyDescriptorSetLayout: PFN_vkDestroyDescriptorSetLayout
  let createPipelineLayout: PFN_vkCreatePipelineLayout
  let destroyPipelineLayout: PFN_vkDestroyPipelineLayout
  let createComputePipelines: PFN_vkCreateComputePipelines
  let destroyPipeline: PFN_vkDestroyPipeline
  let createPipelineCache: PFN_vkCreatePipelineCache
  let destroyPipelineCache: PFN_vkDestroyPipelineCache
  let getPipelineCacheData: PFN_vkGetPipelineCacheData

  let createDescriptorPool: PFN_vkCreateDescriptorPool
  let destroyDescriptorPool: PFN_vkDestroyDescriptorPool
  let resetDescriptorPool: PFN_vkResetDescriptorPool
  let allocateDescriptorSets: PFN_vkAllocateDescriptorSets
  let updateDescriptorSets: PFN_vkUpdateDescriptorSets

  let createCommandPool: PFN_vkCreateCommandPool
  let destroyCommandPool: PFN_vkDestroyCommandPool
  let resetCommandPool: PFN_vkResetCommandPool
  let allocateCommandBuffers: PFN_vkAllocateCommandBuffers
  let beginCommandBuffer: PFN_vkBeginCommandBuffer
  let endCommandBuffer: PFN_vkEndCommandBuffer
  let cmdBindPipeline: PFN_vkCmdBindPipeline
  let cmdBindDescriptorSets: PFN_vkCmdBindDescriptorSets
  let cmdPushConstants: PFN_vkCmdPushConstants
  let cmdDispatch: PFN_vkCmdDispatch
  let cmdPipelineBarrier: PFN_vkCmdPipelineBarrier
  let cmdCopyBuffer: PFN_vkCmdCopyBuffer
  let cmdFillBuffer: PFN_vkCmdFillBuffer
  let cmdExecuteCommands: PFN_vkCmdExecuteCommands

  let createQueryPool: PFN_vkCreateQueryPool
  let destroyQueryPool: PFN_vkDestroyQueryPool
  let getQueryPoolResults: PFN_vkGetQueryPoolResults
  let cmdResetQueryPool: PFN_vkCmdResetQueryPool
  let cmdWriteTimestamp: PFN_vkCmdWriteTimestamp

  let createFence: PFN_vkCreateFence
  let destroyFence: PFN_vkDestroyFence
  let resetFences: PFN_vkResetFences
  let waitForFences: PFN_vkWaitForFences
  let createSemaphore: PFN_vkCreateSemaphore
  let destroySemaphore: PFN_vkDestroySemaphore
  /// With timeline semaphores alone.
  let waitSemaphores: PFN_vkWaitSemaphores?

  init(_ device: VkDevice, lookUp: PFN_vkGetDeviceProcAddr) throws {
    func load<Function>(_ name: String) throws -> Function {
      guard let found = lookUp(device, name) else {
        throw VulkanError(.unsupported, "the Vulkan driver has no \(name)")
      }
      return unsafeBitCast(found, to: Function.self)
    }
    destroyDevice = try load("vkDestroyDevice")
    deviceWaitIdle = try load("vkDeviceWaitIdle")
    getDeviceQueue = try load("vkGetDeviceQueue")
    queueSubmit = try load("vkQueueSubmit")
    createBuffer = try load("vkCreateBuffer")
    destroyBuffer = try load("vkDestroyBuffer")
    getBufferMemoryRequirements = try load("vkGetBufferMemoryRequirements")
    allocateMemory = try load("vkAllocateMemory")
    freeMemory = try load("vkFreeMemory")
    bindBufferMemory = try load("vkBindBufferMemory")
    mapMemory = try load("vkMapMemory")
    createShaderModule = try load("vkCreateShaderModule")
    destroyShaderModule = try load("vkDestroyShaderModule")
    createDescriptorSetLayout = try load("vkCreateDescriptorSetLayout")
    destroyDescriptorSetLayout = try load("vkDestroyDescriptorSetLayout")
    createPipelineLayout = try load("vkCreatePipelineLayout")
    destroyPipelineLayout = try load("vkDestroyPipelineLayout")
    createComputePipelines = try load("vkCreateComputePipelines")
    destroyPipeline = try load("vkDestroyPipeline")
    createPipelineCache = try load("vkCreatePipelineCache")
    destroyPipelineCache = try load("vkDestroyPipelineCache")
    getPipelineCacheData = try load("vkGetPipelineCacheData")
    createDescriptorPool = try load("vkCreateDescriptorPool")
    destroyDescriptorPool = try load("vkDestroyDescriptorPool")
    resetDescriptorPool = try load("vkResetDescriptorPool")
    allocateDescriptorSets = try load("vkAllocateDescriptorSets")
    updateDescriptorSets = try load("vkUpdateDescriptorSets")
    createCommandPool = try load("vkCreateCommandPool")
    destroyCommandPool = try load("vkDestroyCommandPool")
    resetCommandPool = try load("vkResetCommandPool")
    allocateCommandBuffers = try load("vkAllocateCommandBuffers")
    beginCommandBuffer = try load("vkBeginCommandBuffer")
    endCommandBuffer = try load("vkEndCommandBuffer")
    cmdBindPipeline = try load("vkCmdBindPipeline")
    cmdBindDescriptorSets = try load("vkCmdBindDescriptorSets")
    cmdPushConstants = try load("vkCmdPushConstants")
    cmdDispatch = try load("vkCmdDispatch")
    cmdPipelineBarrier = try load("vkCmdPipelineBarrier")
    cmdCopyBuffer = try load("vkCmdCopyBuffer")
    cmdFillBuffer = try load("vkCmdFillBuffer")
    cmdExecuteCommands = try load("vkCmdExecuteCommands")
    createQueryPool = try load("vkCreateQueryPool")
    destroyQueryPool = try load("vkDestroyQueryPool")
    getQueryPoolResults = try load("vkGetQueryPoolResults")
    cmdResetQueryPool = try load("vkCmdResetQueryPool")
    cmdWriteTimestamp = try load("vkCmdWriteTimestamp")
    createFence = try load("vkCreateFence")
    destroyFence = try load("vkDestroyFence")
    resetFences = try load("vkResetFences")
    waitForFences = try load("vkWaitForFences")
    createSemaphore = try load("vkCreateSemaphore")
    destroySemaphore = try load("vkDestroySemaphore")
    let wait = lookUp(device, "vkWaitSemaphores") ?? lookUp(device, "vkWaitSemaphoresKHR")
    waitSemaphores = wait.map { unsafeBitCast($0, to: PFN_vkWaitSemaphores.self) }
  }
}
