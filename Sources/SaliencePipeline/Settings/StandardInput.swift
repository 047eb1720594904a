import SalienceFoundation

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
  private let file: OpenFile?

  /// Whether an earlier attempt at the run read it, so that nothing was read now.
  public var isFromEarlierAttempt: Bool { file == nil }

  /// Standard input for a run: what an earlier attempt kept where the run goes on, else read to its end.
  ///
  /// - Throws: `PipelineError.refused` where a run exists that is neither to go on nor to be replaced; `FileFault`.
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
        file = nil
        newDirectory = nil
        return
      }
    }
    newDirectory = DurableFile.exists(layout.path) ? nil : layout.path
    try DurableFile.makeDirectories(layout.path)
    try Self.removeStale(in: layout.path)
    let file = try Self.read(into: layout.path)
    (path, self.file) = (file.path, file.file)
  }

  /// Standard input for as long as this object lives.
  ///
  /// - Throws: `FileFault`.
  public init() throws {
    layout = nil
    newDirectory = nil
    let directory = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let file = try Self.read(into: directory.isEmpty ? "/tmp" : directory)
    (path, self.file) = (file.path, file.file)
  }

  deinit {
    guard let file else { return }
    _ = unlink(path)
    try? file.close()
    if let newDirectory { _ = rmdir(newDirectory) }
  }

  /// Gives the file its place in the run, which now is the run's own.
  ///
  /// - Returns: its path.
  /// - Throws: `FileFault`; `PipelineError.data` where another process of the run keeps other contents.
  public func keep() throws -> String {
    guard let layout, file != nil else { return path }
    let place = layout.standardInput + Self.ending(of: path)
    if try DurableFile.link(path, as: place) {
      try DurableFile.sync(layout.state)
    } else if try DurableFile.digest(place).sha256 != DurableFile.digest(path).sha256 {
      throw PipelineError(.data, "another process of this run read other data from standard input", at: place)
    }
    // A process may end while something still holds this object: nothing of the text stays under the other name.
    _ = unlink(path)
    return place
  }

  // MARK: Reading

  private static let prefix = ".standard-input-"

  private static func ending(of path: String) -> String {
    [".gz", ".zst"].first { path.hasSuffix($0) } ?? ""
  }

  /// Copies standard input to its end; compressed data gets the ending that says so.
  private static func read(into directory: String) throws -> (path: String, file: OpenFile) {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    let path = "\(directory)/\(prefix)\(random)"
    let file: OpenFile
    do {
      file = try OpenFile.create(path, reading: true, mode: 0o600)
    } catch {
      throw FileFault.output("cannot be created", path, error)
    }
    do {
      _ = flock(file.descriptor, LOCK_EX | LOCK_NB)
      let beginning = try copy(to: file, path: path)
      let ending = beginning.starts(with: [0x1F, 0x8B]) ? ".gz" : beginning == [0x28, 0xB5, 0x2F, 0xFD] ? ".zst" : ""
      if !ending.isEmpty { _ = try DurableFile.rename(path, to: path + ending) }
      return (path + ending, file)
    } catch {
      _ = unlink(path)
      try? file.close()
      throw error
    }
  }

  /// - Returns: the first four bytes.
  private static func copy(to file: OpenFile, path: String) throws -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    let input = OpenFile(descriptor: STDIN_FILENO)
    var beginning: [UInt8] = []
    while true {
      let count: Int
      do { count = try input.read(into: buffer) } catch {
        throw FileFault.input("cannot be read", "standard input", error)
      }
      if count == 0 { break }
      if beginning.count < 4 { beginning += buffer[..<min(count, 4 - beginning.count)] }
      do { try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch {
        throw FileFault.output("cannot be written", path, error)
      }
    }
    do { try file.flush() } catch { throw FileFault.output("cannot be flushed", path, error) }
    return beginning
  }

  /// Removes what processes left behind that were killed while they read.
  private static func removeStale(in directory: String) throws {
    for name in try DurableFile.names(in: directory) where name.hasPrefix(prefix) {
      let path = "\(directory)/\(name)"
      guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW) else { continue }
      if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { _ = unlink(path) }
      try? file.close()
    }
  }
}
