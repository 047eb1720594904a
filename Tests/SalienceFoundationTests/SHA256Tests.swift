import SalienceFoundation
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  /// The examples of FIPS 180-4, one and two blocks long, the empty message, and a million letters.
  @Test(
    "Known answers",
    arguments: [
      ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func knownAnswers(text: String, count: Int, digest: String) {
    let message = String(repeating: text, count: count)
    #expect(SHA256.digest(of: message.utf8).hexadecimal == digest)
    #expect(SHA256.digest(of: Array(message.utf8)).hexadecimal(first: 6) == String(digest.prefix(12)))
  }

  @Test("Bytes in parts give the digest of the whole, and a digest so far changes nothing")
  func parts() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for size in [1, 63, 64, 65, 999] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { hash.update($0) }
        #expect(hash.digest() == SHA256.digest(of: bytes.prefix(start + size)))
      }
      #expect(hash.digest() == SHA256.digest(of: bytes))
    }
  }
}
