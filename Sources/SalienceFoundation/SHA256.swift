import CCrypto

/// SHA-256 of bytes that come in parts, as FIPS 180-4 defines it.
public struct SHA256 {
  /// The 32 bytes of a digest.
  public struct Digest: Sendable, Equatable {
    public let bytes: [UInt8]

    /// 64 lower-case hexadecimal digits.
    public var hexadecimal: String { Self.hexadecimal(bytes[...]) }

    /// The digits of the first `count` bytes.
    public func hexadecimal(first count: Int) -> String { Self.hexadecimal(bytes.prefix(count)) }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
      let digits = Array("0123456789abcdef".utf8)
      return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
  }

  private var state = SHA256_CTX()

  public init() { SHA256_Init(&state) }

  /// The digest of bytes that are all there.
  public static func digest(of bytes: some Collection<UInt8>) -> Digest {
    var hash = SHA256()
    if bytes.withContiguousStorageIfAvailable({ hash.update(UnsafeRawBufferPointer($0)) }) == nil {
      Array(bytes).withUnsafeBytes { hash.update($0) }
    }
    return hash.digest()
  }

  /// Adds the next bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&state, bytes.baseAddress, bytes.count)
  }

  /// The digest of the bytes so far.
  public func digest() -> Digest {
    var state = state
    var bytes = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256_Final(&bytes, &state)
    return Digest(bytes: bytes)
  }
}
