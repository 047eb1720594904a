#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The number that a system call failed with, `errno`.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  public let code: Int32

  public init(_ code: Int32) { self.code = code }

  /// The error of the call before, on this thread.
  public static var last: SystemError { SystemError(errno) }

  /// The system's own words.
  public var description: String { String(cString: strerror(code)) }

  /// Makes a system call again for as long as signals interrupt it.
  ///
  /// - Returns: what the call returned, which is not negative.
  /// - Throws: `SystemError` where it returned -1.
  @discardableResult
  public static func check<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
    while true {
      let result = call()
      if result != -1 { return result }
      if errno != EINTR { throw last }
    }
  }
}
