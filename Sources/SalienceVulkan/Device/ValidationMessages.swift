import CVulkan
import Foundation

/// Warnings and errors of the validation layer, in the order they came.
public final class ValidationMessages: @unchecked Sendable {
  // Unchecked: `list` is touched under `lock` only.
  private let lock = NSLock()
  private var list: [String] = []
  /// Further messages are not kept.
  private static let limit = 1000
  private let report: @Sendable (String) -> Void

  /// - Parameter report: told each message as it comes.
  public init(report: @escaping @Sendable (String) -> Void = { _ in }) { self.report = report }

  /// What the layer has said so far.
  public var all: [String] { lock.withLock { list } }

  func append(_ message: String) {
    let isKept = lock.withLock {
      if list.count == Self.limit { return false }
      list.append(message)
      return true
    }
    if isKept { report(message) }
  }

  /// Whether the environment asks for validation: SALIENCE_VULKAN_VALIDATION=1.
  public static var isWantedByEnvironment: Bool {
    ProcessInfo.processInfo.environment["SALIENCE_VULKAN_VALIDATION"] == "1"
  }

  /// Describes a messenger that calls `append`; valid as long as this object lives.
  func messengerInfo() -> VkDebugUtilsMessengerCreateInfoEXT {
    var info = VkDebugUtilsMessengerCreateInfoEXT()
    info.sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT
    info.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT.rawValue | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT.rawValue
    info.messageType =
      VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT.rawValue
      | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT.rawValue
    info.pfnUserCallback = { _, _, data, context in
      if let context, let text = data?.pointee.pMessage.map({ String(cString: $0) }) {
        // Newer layers name the rule apart from the text.
        let rule = data?.pointee.pMessageIdName.map { String(cString: $0) } ?? ""
        let message = rule.isEmpty || text.contains(rule) ? text : "\(rule): \(text)"
        Unmanaged<ValidationMessages>.fromOpaque(context).takeUnretainedValue().append(message)
      }
      return VkBool32(VK_FALSE)
    }
    info.pUserData = Unmanaged.passUnretained(self).toOpaque()
    return info
  }
}
