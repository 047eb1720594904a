import Foundation
import SalienceFoundation
import Testing

@Suite("Durable files")
final class DurableFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "salience-files-\(UUID().uuidString)")
    .path

  init() throws { try DurableFile.makeDirectories(folder) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func text(_ name: String) throws -> String {
    String(decoding: try DurableFile.read("\(folder)/\(name)", limit: 100), as: UTF8.self)
  }

  @Test("A file is written where there is none, and never through a link")
  func writing() throws {
    try DurableFile.write("one", to: "\(folder)/a")
    #expect(try text("a") == "one")
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "elsewhere")
    for name in ["a", "link"] {
      let fault = #expect(throws: FileFault.self) { try DurableFile.write("two", to: "\(folder)/\(name)") }
      #expect(fault?.description == "\(folder)/\(name): cannot be created (File exists)" && fault?.kind == .io)
    }
    #expect(try text("a") == "one" && !DurableFile.exists("\(folder)/elsewhere"))
  }

  @Test("What cannot be flushed is not written")
  func fullDisk() throws {
    let full = try OpenFile("/dev/full", O_WRONLY)
    defer { try? full.close() }
    #expect(throws: SystemError(ENOSPC)) { try full.write([1]) }
  }

  @Test("A file is read whole, with its digest, or the fault says why not")
  func reading() throws {
    try DurableFile.write("abc", to: "\(folder)/a")
    let digest = try DurableFile.digest("\(folder)/a")
    #expect(digest.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" && digest.bytes == 3)
    #expect(digest.identity == FileIdentity(path: "\(folder)/a") && digest.identity != nil)
    let long = #expect(throws: FileFault.self) { try DurableFile.read("\(self.folder)/a", limit: 2) }
    #expect(long?.kind == .data && long?.description == "\(folder)/a: larger than 2 bytes")
    let missing = #expect(throws: FileFault.self) { try DurableFile.read("\(self.folder)/b", limit: 2) }
    #expect(missing?.kind == .missing)
    #expect(missing?.description == "\(folder)/b: cannot be read (No such file or directory)")
  }

  @Test("Directories are made with those above them, and a file in their way is told of")
  func directories() throws {
    try DurableFile.makeDirectories("\(folder)/x/y//z/")
    try DurableFile.makeDirectories("\(folder)/x/y")
    #expect(DurableFile.isDirectory("\(folder)/x/y/z"))
    try DurableFile.write("", to: "\(folder)/file")
    for path in ["\(folder)/file", "\(folder)/file/x"] {
      let fault = #expect(throws: FileFault.self) { try DurableFile.makeDirectories(path) }
      #expect(fault?.description == "\(path): cannot be created (Not a directory)" && fault?.kind == .io)
    }
  }

  @Test("A link or a new name says whether there was one")
  func names() throws {
    try DurableFile.write("b", to: "\(folder)/b")
    #expect(try DurableFile.link("\(folder)/b", as: "\(folder)/B"))
    try DurableFile.write("c", to: "\(folder)/c")
    #expect(try !DurableFile.link("\(folder)/c", as: "\(folder)/B"))
    #expect(try DurableFile.rename("\(folder)/c", to: "\(folder)/b") && text("b") == "c" && text("B") == "b")
    #expect(try !DurableFile.rename("\(folder)/c", to: "\(folder)/b"))
    #expect(try DurableFile.names(in: folder) == ["B", "b"])
    #expect(try DurableFile.names(in: "\(folder)/none") == [])
    #expect(DurableFile.size("\(folder)/b") == 1 && DurableFile.size("\(folder)/c") == nil)
    try DurableFile.sync(folder)
  }

  @Test("A tree is removed without what its links lead to")
  func removing() throws {
    try DurableFile.makeDirectories("\(folder)/tree/inside")
    try DurableFile.write("stays", to: "\(folder)/outside")
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/tree/link", withDestinationPath: "../outside")
    try DurableFile.removeTree("\(folder)/tree")
    try DurableFile.removeTree("\(folder)/tree")
    try DurableFile.remove("\(folder)/tree")
    #expect(try DurableFile.names(in: folder) == ["outside"] && text("outside") == "stays")
  }

  @Test("A staged file takes a place and its permissions when it is complete")
  func staging() throws {
    try DurableFile.write("old", to: "\(folder)/a")
    #expect(chmod("\(folder)/a", 0o640) == 0)
    let staged = StagedFile(for: "\(folder)/a")
    try DurableFile.write("new", to: staged.partial)
    #expect(try text("a") == "old")
    try staged.publish()
    let permissions = try FileManager.default.attributesOfItem(atPath: "\(folder)/a")[.posixPermissions] as? Int
    #expect(try text("a") == "new" && permissions == 0o640)
    let fault = #expect(throws: FileFault.self) { try staged.publish() }
    #expect(fault?.description == "\(folder)/a: cannot be written (No such file or directory)")
    #expect(try DurableFile.names(in: folder) == ["a"])
  }
}

@Suite("System calls")
struct SystemErrorTests {
  @Test("Signals make a call begin anew; any other error ends it")
  func retries() throws {
    var results: [(Int32, Int32)] = [(-1, EINTR), (-1, EINTR), (7, 0)]
    func next() -> Int32 {
      let (result, code) = results.removeFirst()
      errno = code
      return result
    }
    #expect(try SystemError.check(next) == 7)
    results = [(-1, EINTR), (-1, ENOSPC), (3, 0)]
    #expect(throws: SystemError(ENOSPC)) { try SystemError.check(next) }
    #expect(results.count == 1 && SystemError(ENOSPC).description == "No space left on device")
  }

  @Test("More bytes than a pipe holds are written in as many calls as it takes, and read at offsets")
  func manyBytes() async throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (source, target) = (OpenFile(descriptor: ends[0]), OpenFile(descriptor: ends[1]))
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let writer = Task.detached {
      try target.write(bytes)
      try target.close()
    }
    var read: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 70_000)
    while case let count = try buffer.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
      read += buffer[..<count]
    }
    try await writer.value
    try source.close()
    #expect(read == bytes)
    #expect(throws: SystemError(EBADF)) { try source.close() }
  }
}
