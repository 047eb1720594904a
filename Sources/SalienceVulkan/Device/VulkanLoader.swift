import CVulkan
import Glibc

/// The Vulkan loader, opened at run time so that the program starts on machines without it.
final class VulkanLoader: Sendable {
  private let getInstanceProcAddr: PFN_vkGetInstanceProcAddr
  let functions: GlobalFunctions

  /// - Parameter library: file name or path of the loader.
  /// - Throws: `VulkanError` with code `noLoader`.
  init(library: String = "libvulkan.so.1") throws {
    // Never closed: drivers leave threads and exit handlers behind that would run into unmapped memory.
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      throw VulkanError(.noLoader, "this machine has no Vulkan loader (\(library))")
    }
    guard let symbol = dlsym(handle, "vkGetInstanceProcAddr") else {
      throw VulkanError(.noLoader, "\(library) is no Vulkan loader")
    }
    let lookUp = unsafeBitCast(symbol, to: PFN_vkGetInstanceProcAddr.self)
    getInstanceProcAddr = lookUp
    functions = try GlobalFunctions(lookUp, library: library)
  }

  /// A function of an instance.
  ///
  /// - Throws: `VulkanError` with code `unsupported` where the loader has none of that name.
  func function<Function>(_ name: String, of instance: VkInstance) throws -> Function {
    guard let found: Function = optionalFunction(name, of: instance) else {
      throw VulkanError(.unsupported, "the Vulkan loader has no \(name)")
    }
    return found
  }

  func optionalFunction<Function>(_ name: String, of instance: VkInstance) -> Function? {
    getInstanceProcAddr(instance, name).map { unsafeBitCast($0, to: Function.self) }
  }
}

/// What can be called before there is an instance.
struct GlobalFunctions: Sendable {
  let createInstance: PFN_vkCreateInstance
  let enumerateInstanceVersion: PFN_vkEnumerateInstanceVersion
  let enumerateInstanceLayerProperties: PFN_vkEnumerateInstanceLayerProperties
  let enumerateInstanceExtensionProperties: PFN_vkEnumerateInstanceExtensionProperties

  fileprivate init(_ lookUp: PFN_vkGetInstanceProcAddr, library: String) throws {
    func load<Function>(_ name: String) throws -> Function {
      guard let found = lookUp(nil, name) else {
        throw VulkanError(.noLoader, "\(library) has no \(name): Vulkan 1.1 or newer is needed")
      }
      return unsafeBitCast(found, to: Function.self)
    }
    createInstance = try load("vkCreateInstance")
    enumerateInstanceVersion = try load("vkEnumerateInstanceVersion")
    enumerateInstanceLayerProperties = try load("vkEnumerateInstanceLayerProperties")
    enumerateInstanceExtensionProperties = try load("vkEnumerateInstanceExtensionProperties")
  }
}
