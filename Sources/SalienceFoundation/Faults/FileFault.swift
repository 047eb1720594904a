#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file or directory that cannot be read or written.
public struct FileFault: Fault, Equatable {
  public let kind: FaultKind
  public let message: String
  public let path: String
  public let cause: String?

  public init(_ kind: FaultKind, _ message: String, at path: String, cause: String? = nil) {
    self.kind = kind
    self.message = message
    self.path = path
    self.cause = cause
  }

  /// The fault of an input: one that is not there is `missing`.
  public static func input(_ message: String, _ path: String, _ error: SystemError) -> FileFault {
    FileFault(error.code == ENOENT ? .missing : .io, message, at: path, cause: error.description)
  }

  /// The fault of an output: one that is not there is a fault of the disk, not a missing input.
  public static func output(_ message: String, _ path: String, _ error: SystemError) -> FileFault {
    FileFault(.io, message, at: path, cause: error.description)
  }

  public var place: String? { path }
}
