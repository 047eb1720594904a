#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What came on standard input, in a file: each model reads the dataset from its beginning, and so does a resumed run.
public final class StandardInput: Sendable {
  /// The file as long as the run has not begun.
  public let path: String
  /// The run that keeps it; nil where it goes with this object.
  private let layout: RunLayout?
  /// The run directory, where it was made for the file alone; it goes again where no run begins in it.
  private let newDirectory: String?
  /// Holds the file's lock; nil where the run kept it already.
  private let descriptor: Int32?

  /// Whether an earlier attempt at the run read it, so that nothing was read now.
  public var isFromEarlierAttempt: Bool { descriptor == nil }

  /// Standard input for a run: what an earlier attempt kept where the run goes on, else read to its end.
  ///
  /// - Throws: `PipelineError`: `refused` where a run exists that is neither to go on nor to be replaced; `io`.
  public init(of layout: RunLayout, options: Run.Options) throws {
    self.layout = layout
    if layout.holdsRun(), !options.overwrite {
      guard options.resume || options.shard != nil else {
        throw PipelineError(
          .refused, "a run exists here; --resume goes on with it, --overwrite replaces it", at: layout.path)
      }
      let kept = try DurableFile.names(in: layout.state).first { $0.hasPrefix(RunLayout.standardInput) }
      if let kept {
        path = "\(layout.state)/\(kept)"
        descriptor = nil
        newDirectory = nil
        return
      }
    }
    newDirectory = DurableFile.exists(layout.path) ? nil : layout.path
    try DurableFile.makeDirectories(layout.path)
    try Self.removeStale(in: layout.path)
    let file = try Self.read(into: layout.path)
    (path, descriptor) = (file.path, file.descriptor)
  }

  /// Standard input for as long as this object lives.
  ///
  /// - Throws: `PipelineError.io`.
  public init() throws {
    layout = nil
    newDirectory = nil
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let file = try Self.read(into: directory.isEmpty ? "/tmp" : directory)
    (path, descriptor) = (file.path, file.descriptor)
  }

  deinit {
    guard let descriptor else { return }
    _ = unlink(path)
    _ = close(descriptor)
    if let newDirectory { _ = rmdir(newDirectory) }
  }

  /// Gives the file its place in the run, which now is the run's own.
  ///
  /// - Returns: its path.
  /// - Throws: `PipelineError`: `io`; `data` where another process of the run keeps other contents.
  public func keep() throws -> String {
    guard let layout, descriptor != nil else { return path }
    let place = layout.standardInput + Self.ending(of: path)
    if try DurableFile.link(path, as: place) {
      try DurableFile.sync(layout.state)
    } else if try DurableFile.digest(place).sha256 != DurableFile.digest(path).sha256 {
      throw PipelineError(.data, "another process of this run read other data from standard input", at: place)
    }
    return place
  }

  // MARK: Reading

  private static let prefix = ".standard-input-"

  private static func ending(of path: String) -> String {
    [".gz", ".zst"].first { path.hasSuffix($0) } ?? ""
  }

  /// Copies standard input to its end; compressed data gets the ending that says so.
  private static func read(into directory: String) throws -> (path: String, descriptor: Int32) {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    let path = "\(directory)/\(prefix)\(random)"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DurableFile.outputFailure("cannot be created", path, errno) }
    do {
      _ = flock(descriptor, LOCK_EX | LOCK_NB)
      let beginning = try copy(to: descriptor, path: path)
      let ending = beginning.starts(with: [0x1F, 0x8B]) ? ".gz" : beginning == [0x28, 0xB5, 0x2F, 0xFD] ? ".zst" : ""
      if !ending.isEmpty { _ = try DurableFile.rename(path, to: path + ending) }
      return (path + ending, descriptor)
    } catch {
      _ = unlink(path)
      _ = close(descriptor)
      throw error
    }
  }

  /// - Returns: the first four bytes.
  private static func copy(to descriptor: Int32, path: String) throws -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    var beginning: [UInt8] = []
    while true {
      let count = systemRead(STDIN_FILENO, buffer.baseAddress, buffer.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw DurableFile.failure("cannot be read", "standard input", errno)
      }
      if count == 0 { break }
      if beginning.count < 4 { beginning += buffer[..<min(count, 4 - beginning.count)] }
      var done = 0
      while done < count {
        let written = systemWrite(descriptor, buffer.baseAddress.map { UnsafeRawPointer($0) + done }, count - done)
        if written < 0 {
          if errno == EINTR { continue }
          throw DurableFile.outputFailure("cannot be written", path, errno)
        }
        done += written
      }
    }
    guard DurableFile.retrying({ fsync(descriptor) }) == 0 else {
      throw DurableFile.outputFailure("cannot be flushed", path, errno)
    }
    return beginning
  }

  /// Removes what processes left behind that were killed while they read.
  private static func removeStale(in directory: String) throws {
    for name in try DurableFile.names(in: directory) where name.hasPrefix(prefix) {
      let path = "\(directory)/\(name)"
      let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { _ = unlink(path) }
      _ = close(descriptor)
    }
  }
}

private func systemRead(_ file: Int32, _ to: UnsafeMutableRawPointer?, _ count: Int) -> Int { read(file, to, count) }
private func systemWrite(_ file: Int32, _ from: UnsafeRawPointer?, _ count: Int) -> Int { write(file, from, count) }
