/// `model=NAME`, the directory of a model's parts, as readers of Hive partitions take it.
public enum ModelPartition {
  private static let prefix = "model="

  /// The directory of a model: bytes outside letters, digits, `-`, `.` and `_` become `%XX`, which those readers decode.
  public static func directory(of model: String) -> String {
    var text = prefix
    for byte in model.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count < 2 ? "0" : "") + digits
      }
    }
    return text
  }

  /// The model of a directory; nil for the directory of none.
  public static func model(of directory: String) -> String? {
    guard directory.utf8.starts(with: prefix.utf8) else { return nil }
    let encoded = Array(directory.utf8.dropFirst(prefix.utf8.count))
    var (bytes, index) = ([UInt8](), 0)
    while index < encoded.count {
      if encoded[index] == UInt8(ascii: "%"), index + 2 < encoded.count,
        let high = hexDigit(encoded[index + 1]), let low = hexDigit(encoded[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(encoded[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
