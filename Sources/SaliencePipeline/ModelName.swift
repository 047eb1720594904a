/// Names of models in a run's directory and tables.
public enum ModelName {
  /// NAME in `model=NAME` for each model: the last component of its path, made unique by a number.
  ///
  /// - Throws: `PipelineError.usage` where a path has no usable last component, `..` for one.
  public static func unique(_ models: [String]) throws -> [String] {
    var taken: Set<String> = []
    return try models.map { model in
      guard let last = model.split(separator: "/").last.map(String.init), last != ".", last != "..", !last.isEmpty
      else {
        throw PipelineError(.usage, "a model's path must end in a name", at: model)
      }
      var name = last
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(last)-\(number)"
        number += 1
      }
      return name
    }
  }

  /// `model=NAME` as a directory name: bytes outside letters, digits, `-`, `.` and `_` become `%XX`, which readers of
  /// Hive partitions decode.
  static func directory(_ name: String) -> String {
    var text = "model="
    for byte in name.utf8 {
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
}
