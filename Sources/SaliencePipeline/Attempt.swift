#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One process's staging area for one unit, `state/tmp-HOST-PID-RANDOM`, on the file system of the tables.
public struct Attempt: Sendable, Equatable {
  public let unit: Unit
  /// The staging directory, relative to the run directory.
  public let relativePath: String
  /// The staging directory.
  public let path: String

  /// Makes an empty staging directory with a name no other attempt has.
  init(unit: Unit, in directory: RunLayout) throws {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    self.unit = unit
    relativePath = "state/tmp-\(Self.host)-\(getpid())-\(random)"
    path = "\(directory.path)/\(relativePath)"
    try DurableFile.makeDirectories(path)
  }

  /// Where a table's part is to be written.
  public func part(table: String) -> String { "\(path)/\(table).parquet" }

  /// Whether the process that made the directory `name` is known to be gone.
  ///
  /// A process on another machine cannot be seen, so its directories count as alive.
  static func isStale(_ name: String) -> Bool {
    guard name.hasPrefix("tmp-\(host)-") else { return false }
    let rest = name.dropFirst("tmp-\(host)-".count).split(separator: "-")
    guard rest.count == 2, let process = pid_t(rest[0]), process > 0 else { return false }
    return kill(process, 0) != 0 && errno == ESRCH
  }

  /// The machine's name without what could not stand in a file name or would break it into fields.
  static let host: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "host" }
    let name = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let kept = String(decoding: name, as: UTF8.self).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
    return kept.isEmpty ? "host" : kept
  }()
}
