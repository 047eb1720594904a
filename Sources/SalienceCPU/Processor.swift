import COneDNN
import Foundation

/// What the machine calls its processor.
enum Processor {
  static var name: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").dropFirst().first.map { $0.trimmingCharacters(in: .whitespaces) }
    return name ?? "processor"
  }

  static var libraryVersion: String {
    guard let version = dnnl_version()?.pointee else { return "" }
    return "\(version.major).\(version.minor).\(version.patch)"
  }
}
