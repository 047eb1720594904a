import CVulkan
import Foundation
import SalienceShaders

/// Compiled kernels of one device, kept over runs in the user's cache directory.
final class PipelineCache: @unchecked Sendable {
  // Unchecked: everything mutable is touched under `lock` only.

  /// A kernel ready to be dispatched; lives as long as its cache.
  struct Pipeline {
    let handle: VkPipeline
    let layout: VkPipelineLayout
    let setLayout: VkDescriptorSetLayout
    /// Bindings that the kernel may write.
    let written: Set<Int>
  }

  private struct Key: Hashable {
    let kernel: Kernel
    let buffers: Int
  }

  private let device: VulkanDevice
  private let file: PipelineCacheFile?
  private let lock = NSLock()
  private let cache: VkPipelineCache
  private var pipelines: [Key: Pipeline] = [:]
  private var layouts: [Int: (set: VkDescriptorSetLayout, pipeline: VkPipelineLayout)] = [:]
  private var unsaved = false

  /// - Parameter file: nil keeps nothing on disk.
  init(_ device: VulkanDevice, file: PipelineCacheFile?) throws {
    self.device = device
    self.file = file
    let known = file?.load() ?? []
    do {
      cache = try Self.create(device, known)
    } catch let error as VulkanError where error.code == .failed && !known.isEmpty {
      cache = try Self.create(device, [])
    }
  }

  deinit {
    save()
    for pipeline in pipelines.values { device.call { $0.destroyPipeline(device.handle, pipeline.handle, nil) } }
    for layout in layouts.values {
      device.call { $0.destroyPipelineLayout(device.handle, layout.pipeline, nil) }
      device.call { $0.destroyDescriptorSetLayout(device.handle, layout.set, nil) }
    }
    device.call { $0.destroyPipelineCache(device.handle, cache, nil) }
  }

  /// Compiles a kernel, or finds it.
  ///
  /// - Throws: `VulkanError`: `shader` where there is none of that name or the driver refuses it.
  func pipeline(_ kernel: Kernel, buffers: Int) throws -> Pipeline {
    try lock.withLock {
      let key = Key(kernel: kernel, buffers: buffers)
      if let known = pipelines[key] { return known }
      guard let words = Shaders.words(kernel.stem) else {
        throw VulkanError(.shader, "there is no shader \(kernel.stem)")
      }
      let layout = try layouts[buffers] ?? addLayout(buffers)
      let pipeline = Pipeline(
        handle: try compile(kernel, words, layout.pipeline), layout: layout.pipeline, setLayout: layout.set,
        written: ShaderBindings.written(by: words))
      pipelines[key] = pipeline
      unsaved = true
      return pipeline
    }
  }

  /// Writes the cache to disk where it has grown; failing to is no failure of the run.
  func save() {
    lock.withLock {
      guard unsaved, let file else { return }
      unsaved = false
      var count = 0
      guard device.call({ $0.getPipelineCacheData(device.handle, cache, &count, nil) }) == VK_SUCCESS else { return }
      var data = [UInt8](repeating: 0, count: count)
      guard device.call({ $0.getPipelineCacheData(device.handle, cache, &count, &data) }) == VK_SUCCESS else { return }
      try? file.store(data.prefix(count))
    }
  }

  private static func create(_ device: VulkanDevice, _ data: [UInt8]) throws -> VkPipelineCache {
    var cache: VkPipelineCache?
    try data.withUnsafeBytes { data in
      var info = VkPipelineCacheCreateInfo()
      info.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO
      info.initialDataSize = data.count
      info.pInitialData = data.count > 0 ? data.baseAddress : nil
      try VulkanError.check(
        device.call { $0.createPipelineCache(device.handle, &info, nil, &cache) }, "vkCreatePipelineCache")
    }
    return try VulkanError.require(cache, "vkCreatePipelineCache")
  }

  private func addLayout(_ buffers: Int) throws -> (set: VkDescriptorSetLayout, pipeline: VkPipelineLayout) {
    let layout = try PipelineLayouts.create(device, buffers: buffers)
    layouts[buffers] = layout
    return layout
  }

  private func compile(
    _ kernel: Kernel, _ words: UnsafeRawBufferPointer, _ layout: VkPipelineLayout
  ) throws -> VkPipeline {
    var moduleInfo = VkShaderModuleCreateInfo()
    moduleInfo.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO
    moduleInfo.codeSize = words.count
    moduleInfo.pCode = words.bindMemory(to: UInt32.self).baseAddress
    var created: VkShaderModule?
    try VulkanError.check(
      device.call { $0.createShaderModule(device.handle, &moduleInfo, nil, &created) }, "vkCreateShaderModule")
    let module = try VulkanError.require(created, "vkCreateShaderModule")
    defer { device.call { $0.destroyShaderModule(device.handle, module, nil) } }
    let entries = kernel.constants.indices.map {
      VkSpecializationMapEntry(constantID: UInt32($0), offset: UInt32($0 * 4), size: 4)
    }
    // A kernel that relies on the size of its subgroups asks for it where the device lets it.
    let subgroups = FeatureChain()
    if let size = kernel.subgroupSize, device.controlsSubgroups(ofSize: size) {
      var required = VkPipelineShaderStageRequiredSubgroupSizeCreateInfo()
      required.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO
      required.requiredSubgroupSize = UInt32(size)
      _ = subgroups.add(required)
    }
    var pipeline: VkPipeline?
    let result = entries.withUnsafeBufferPointer { entries in
      kernel.constants.withUnsafeBytes { constants in
        "main".withCString { name in
          var constants = VkSpecializationInfo(
            mapEntryCount: UInt32(entries.count), pMapEntries: entries.baseAddress, dataSize: constants.count,
            pData: constants.baseAddress)
          return withUnsafePointer(to: &constants) { constants in
            var info = VkComputePipelineCreateInfo()
            info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO
            info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO
            info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT
            info.stage.module = module
            info.stage.pName = name
            info.stage.pSpecializationInfo = constants
            info.layout = layout
            if let head = subgroups.head {
              info.stage.pNext = UnsafeRawPointer(head)
              info.stage.flags = VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT.rawValue
            }
            return device.call { $0.createComputePipelines(device.handle, cache, 1, &info, nil, &pipeline) }
          }
        }
      }
    }
    withExtendedLifetime(subgroups) {}
    let error = VulkanError(result, in: "vkCreateComputePipelines for \(kernel.stem) \(kernel.constants)")
    guard result == VK_SUCCESS else { throw error.code == .failed ? VulkanError(.shader, error.message) : error }
    return try VulkanError.require(pipeline, "vkCreateComputePipelines")
  }
}
