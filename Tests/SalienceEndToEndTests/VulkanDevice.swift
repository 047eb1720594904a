import Foundation
import Testing

/// A Vulkan device as `salience devices --json` lists it.
struct VulkanDevice: Sendable {
  let name: String
  let kind: String

  static let absence: Comment = "no Vulkan device"
  /// Without measuring, in the loader's order; none where the binary does not run either.
  static let all: [VulkanDevice] = {
    guard let scratch = try? ScratchDirectory(),
      let result = try? SalienceBinary.run(["devices", "--json", "--quiet"], in: scratch),
      let json = try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any],
      let devices = json["devices"] as? [[String: Any]]
    else { return [] }
    return devices.compactMap { device in
      guard let name = device["name"] as? String, name.hasPrefix("vulkan:") else { return nil }
      return (device["kind"] as? String).map { VulkanDevice(name: name, kind: $0) }
    }
  }()
}
