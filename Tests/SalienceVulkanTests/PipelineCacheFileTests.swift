import Foundation
import SalienceVulkan
import Testing

/// What is kept on disk is read back whole or not at all.
@Suite struct PipelineCacheFileTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "salience-cache-\(UUID().uuidString)")
  private let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 31) }

  private func file(uuid: String = "0a1b", driver: String = "1 2 3") -> PipelineCacheFile {
    PipelineCacheFile(directory: directory.path, uuid: uuid, driver: driver)
  }

  @Test func keepsWhatIsStored() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    #expect(file().load() == nil)
    try file().store(data)
    #expect(file().load() == data)
    try file().store(data.reversed())
    #expect(file().load() == data.reversed())
    // Nothing temporary stays behind.
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 1)
  }

  /// What a process that was killed has left is removed by the next; what another may be writing is not.
  @Test func removesWhatWasAbandoned() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try file().store(data)
    let names = ["abandoned", "fresh"].map { "\((file().path as NSString).lastPathComponent).\($0).tmp" }
    for name in names { try Data([1]).write(to: directory.appending(path: name)) }
    let hourAgo = Date(timeIntervalSinceNow: -3600)
    try FileManager.default.setAttributes(
      [.modificationDate: hourAgo], ofItemAtPath: directory.appending(path: names[0]).path)
    try file().store(data)
    let left = try FileManager.default.contentsOfDirectory(atPath: directory.path)
    #expect(Set(left) == [(file().path as NSString).lastPathComponent, names[1]])
  }

  @Test func ignoresAnotherDeviceOrDriver() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try file().store(data)
    #expect(file(driver: "1 2 4").load() == nil)
    #expect(file(uuid: "0a1c").load() == nil)
    try FileManager.default.copyItem(atPath: file().path, toPath: file(uuid: "0a1c").path)
    #expect(file(uuid: "0a1c").load() == nil)
  }

  /// Every single damaged byte, and every cut, is noticed.
  @Test func ignoresDamage() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try file().store(data)
    let whole = [UInt8](try Data(contentsOf: URL(filePath: file().path)))
    for position in Array(0..<64) + stride(from: 64, to: whole.count, by: 97) + [whole.count - 1] {
      var damaged = whole
      damaged[position] ^= 0x10
      try Data(damaged).write(to: URL(filePath: file().path))
      #expect(file().load() == nil, "byte \(position)")
      try Data(whole.prefix(position)).write(to: URL(filePath: file().path))
      #expect(file().load() == nil, "cut at \(position)")
    }
    try Data(whole).write(to: URL(filePath: file().path))
    #expect(file().load() == data)
  }

  @Test func userDirectoryFollowsTheEnvironment() {
    #expect(PipelineCacheFile.userDirectory(["XDG_CACHE_HOME": "/c", "HOME": "/h"]) == "/c/salience")
    #expect(PipelineCacheFile.userDirectory(["XDG_CACHE_HOME": "c", "HOME": "/h"]) == "/h/.cache/salience")
    #expect(PipelineCacheFile.userDirectory(["HOME": "/h"]) == "/h/.cache/salience")
    #expect(PipelineCacheFile.userDirectory([:]) == nil)
  }
}
