import SalienceFoundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One process's staging area for one unit, `state/tmp-HOST-PID-RANDOM`, on the file system of the tables.
///
/// Beside it lies a locked file of the same name with `.lock`; without a holder the attempt is abandoned.
public struct Attempt: Sendable, Equatable {
  public let unit: Unit
  /// The staging directory, relative to the run directory.
  public let relativePath: String
  /// The staging directory.
  public let path: String
  private let lock: FileLock

  /// Makes an empty staging directory with a name no other attempt has.
  init(unit: Unit, in directory: RunLayout) throws {
    try DurableFile.makeDirectories(directory.state)
    while true {
      let random = String(UInt64.random(in: .min ... .max), radix: 36)
      let name = "tmp-\(Self.host)-\(getpid())-\(random)"
      // The lock comes first: a directory without one counts as abandoned.
      guard let lock = try FileLock.create("\(directory.state)/\(name)\(Self.lockSuffix)"),
        try lock.acquire(.exclusive, waiting: false) != .busy, lock.isInPlace
      else { continue }
      self.unit = unit
      self.lock = lock
      relativePath = "state/\(name)"
      path = "\(directory.path)/\(relativePath)"
      break
    }
    try DurableFile.makeDirectories(path)
  }

  /// The same attempt at a unit whose end is known by now.
  func covering(_ unit: Unit) -> Attempt { Attempt(unit: unit, relativePath: relativePath, path: path, lock: lock) }

  private init(unit: Unit, relativePath: String, path: String, lock: FileLock) {
    (self.unit, self.relativePath, self.path, self.lock) = (unit, relativePath, path, lock)
  }

  /// Where a table's part is to be written.
  public func part(table: String) -> String { "\(path)/\(table).parquet" }

  /// Removes the staging directory and, last, the lock.
  func remove() throws {
    try DurableFile.removeTree(path)
    try DurableFile.remove(lock.path)
  }

  public static func == (left: Attempt, right: Attempt) -> Bool { left.unit == right.unit && left.path == right.path }

  private static let lockSuffix = ".lock"

  /// The machine's name without what could not stand in a file name or would break it into fields.
  private static let host: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "host" }
    let name = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let kept = String(decoding: name, as: UTF8.self).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
    return kept.isEmpty ? "host" : kept
  }()
}

extension Attempt {
  /// The attempt of a process that has ended; nobody adopts it while this value lives.
  struct Abandoned: Sendable {
    private let path: String
    /// nil where the process ended before the lock was made or after it was removed.
    private let lock: FileLock?

    init?(_ name: String, in directory: RunLayout) throws {
      path = "\(directory.state)/\(name)"
      lock = try FileLock.open(path + Attempt.lockSuffix)
      // Where the file system has no locks nobody knows, and the attempt stays.
      if let lock, try lock.acquire(.exclusive, waiting: false) != .taken { return nil }
    }

    func remove() throws {
      try DurableFile.removeTree(path)
      if let lock { try DurableFile.remove(lock.path) }
    }
  }

  /// The attempts in a run's directory whose processes have ended.
  static func abandoned(in directory: RunLayout) throws -> [Abandoned] {
    let names = try DurableFile.names(in: directory.state).filter { $0.hasPrefix("tmp-") }
    let attempts = Set(names.map { $0.hasSuffix(lockSuffix) ? String($0.dropLast(lockSuffix.count)) : $0 })
    return try attempts.sorted().compactMap { try Abandoned($0, in: directory) }
  }
}
