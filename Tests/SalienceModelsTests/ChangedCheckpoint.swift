import Foundation
import SalienceCheckpoints
import SalienceJSON
import Testing

/// A copy of a checkpoint of Tests/Fixtures/families with another configuration or other tensors.
final class ChangedCheckpoint {
  let path: String

  init(_ name: String) throws {
    path = FileManager.default.temporaryDirectory.path + "/salience-\(UUID().uuidString)"
    try FileManager.default.copyItem(atPath: FamilyFolder(name).checkpoint.directory, toPath: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var checkpoint: Checkpoint { get throws { try Checkpoint(directory: path) } }

  /// Puts a value under a key of config.json.
  func set(_ key: String, to value: JSONValue) throws {
    let file = URL(fileURLWithPath: path + "/config.json")
    let members = try #require(try JSONValue(parsing: [UInt8](Data(contentsOf: file))).objectValue)
    let changed = members.filter { $0.name != key } + [JSONMember(name: key, value: value)]
    try Data(JSONValue.object(changed).text().utf8).write(to: file)
  }

  /// Puts one value in every element of a float32 tensor.
  func fill(_ tensor: String, with value: Float) throws {
    let file = URL(fileURLWithPath: path + "/model.safetensors")
    var bytes = [UInt8](try Data(contentsOf: file))
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let entry = try #require(try JSONValue(parsing: Array(bytes[8..<8 + length]))[tensor])
    try #require(entry["dtype"]?.stringValue == "F32")
    let range = try #require(entry["data_offsets"]?.arrayValue).map { try #require($0.intValue) + 8 + length }
    for place in stride(from: range[0], to: range[1], by: 4) {
      for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32(byte))) }
    }
    try Data(bytes).write(to: file)
  }

  /// Gives tensors other names, and adds some of one zero each.
  func change(adding added: [String] = [], renaming rename: (String) -> String = { $0 }) throws {
    let file = URL(fileURLWithPath: path + "/model.safetensors")
    let bytes = [UInt8](try Data(contentsOf: file))
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    var members = try #require(try JSONValue(parsing: Array(bytes[8..<8 + length])).objectValue)
    members = members.map { $0.name == "__metadata__" ? $0 : JSONMember(name: rename($0.name), value: $0.value) }
    var end = bytes.count - 8 - length
    for name in added {
      let entry: JSONValue = [
        "dtype": "F32", "shape": [1], "data_offsets": [.integer(end), .integer(end + 4)],
      ]
      members.append(JSONMember(name: name, value: entry))
      end += 4
    }
    let header = Array(JSONValue.object(members).text().utf8)
    let size = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) }
    let zeros = [UInt8](repeating: 0, count: 4 * added.count)
    try Data(size + header + bytes[(8 + length)...] + zeros).write(to: file)
  }
}
