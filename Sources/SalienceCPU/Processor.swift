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

  /// Whether oneDNN has instructions for products of bfloat16.
  static var multipliesBFloat16: Bool {
    let (known, wanted) = (dnnl_get_effective_cpu_isa().rawValue, dnnl_cpu_isa_avx512_core_bf16.rawValue)
    // Each set of instructions is a bit beside those of the sets that it builds on.
    return known & wanted == wanted
  }

  static var libraryVersion: String {
    guard let version = dnnl_version()?.pointee else { return "" }
    return "\(version.major).\(version.minor).\(version.patch)"
  }
}
