import Foundation
import SalienceTestSupport
import SalienceVulkan

/// The device that tests run on.
enum TestDevice {
  static let info = VulkanTestDevice.harmless?.info

  /// Whether the validation layer is installed.
  static let hasValidation: Bool = {
    guard let info else { return false }
    return (try? VulkanBackend(selection: .uuid(info.uuid), validation: true, cacheDirectory: "")) != nil
  }()
}

/// Texts from several threads, in the order they came.
final class LockedList: @unchecked Sendable {
  private let lock = NSLock()
  private var list: [String] = []

  var all: [String] { lock.withLock { list } }

  func append(_ text: String) { lock.withLock { list.append(text) } }
}
