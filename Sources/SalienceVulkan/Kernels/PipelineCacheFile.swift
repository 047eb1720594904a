import Foundation
import SalienceFoundation

/// Compiled kernels on disk, or what else is known of a device's driver: one file a device, replaced as a whole.
///
/// Layout: 8 bytes `salvkpc1`, the key's length and the key, an FNV-1a checksum of what follows, then the driver's
/// own data. Numbers are 64-bit little-endian. A file that differs in any of these is as good as none.
package struct PipelineCacheFile: Sendable {
  package let path: String
  private let key: String

  private static let magic = Array("salvkpc1".utf8)
  /// No driver's cache of a few dozen kernels comes near.
  private static let largest = 256 << 20
  /// Seconds after which a file that is being written has been given up: its process was killed.
  private static let longestStore = 60.0
  /// Held while a file is written.
  private static let storing = NSLock()

  /// - Parameters:
  ///   - directory: made when the first cache is stored.
  ///   - uuid: the device's.
  ///   - driver: what changes when the driver does.
  ///   - contents: what the file is called by.
  package init(directory: String, uuid: String, driver: String, contents: String = "pipelines") {
    path = "\(directory)/\(contents)-\(uuid).bin"
    key = "\(uuid) \(driver)"
  }

  /// $XDG_CACHE_HOME/salience, or ~/.cache/salience; nil where the environment names neither.
  package static func userDirectory(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    // The XDG base directory specification: a relative path is ignored.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") { return "\(base)/salience" }
    if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.cache/salience" }
    return nil
  }

  /// The driver's data; nil where the file is missing, damaged, or another device's or driver's.
  package func load() -> [UInt8]? {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd(), size <= Self.largest,
      (try? file.seek(toOffset: 0)) != nil, let bytes = try? file.readToEnd()
    else { return nil }
    let header = self.header
    let start = header.count + 8
    guard bytes.count >= start, bytes.prefix(header.count).elementsEqual(header) else { return nil }
    let data = [UInt8](bytes.dropFirst(start))
    guard bytes.dropFirst(header.count).prefix(8).elementsEqual(Self.word(Self.checksum(data))) else { return nil }
    return data
  }

  /// Writes beside the file and renames, so that another process never reads half a cache.
  package func store(_ data: some Collection<UInt8>) throws {
    let manager = FileManager.default
    try Self.storing.withLock {
      let directory = (path as NSString).deletingLastPathComponent
      try DurableFile.makeDirectories(directory)
      removeAbandoned(in: directory)
      let temporary = "\(path).\(UUID().uuidString).tmp"
      do {
        let file = try OpenFile.create(temporary)
        defer { try? file.close() }
        // Not flushed: a cache that a power cut damages is as good as none.
        try file.write(header + Self.word(Self.checksum(data)) + Array(data))
        try SystemError.check { rename(temporary, path) }
      } catch {
        try? manager.removeItem(atPath: temporary)
        throw error
      }
    }
  }

  /// Waits for what is being stored, a moment at most, and lets nothing else begin, for a process that is about to end:
  /// half a file would stay behind.
  package static func endStores() { _ = storing.lock(before: Date(timeIntervalSinceNow: 2)) }

  /// Removes what killed processes were about to store.
  private func removeAbandoned(in directory: String) {
    let manager = FileManager.default
    let prefix = (path as NSString).lastPathComponent + "."
    for name in (try? manager.contentsOfDirectory(atPath: directory)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(".tmp") {
      let file = "\(directory)/\(name)"
      let written = (try? manager.attributesOfItem(atPath: file))?[.modificationDate] as? Date
      if let written, -written.timeIntervalSinceNow > Self.longestStore { try? manager.removeItem(atPath: file) }
    }
  }

  private var header: [UInt8] {
    let key = Array(key.utf8)
    return Self.magic + Self.word(UInt64(key.count)) + key
  }

  private static func word(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  /// FNV-1a of 64 bits (RFC 9923).
  static func checksum(_ data: some Collection<UInt8>) -> UInt64 {
    data.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
