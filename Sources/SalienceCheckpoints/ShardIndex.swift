import SalienceJSON

/// `model.safetensors.index.json`: which file of the directory holds which tensor.
struct ShardIndex {
  /// From a tensor's name to a file's name.
  let assignment: [String: String]

  /// Reads an index of at most 100 MB.
  ///
  /// - Throws: `CheckpointError` `invalid` where it is not JSON of that kind or leads out of its directory.
  init(file: String) throws {
    let bytes = try CheckpointFile(path: file).contents(limit: SafetensorsHeader.maximumLength)
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes, rejectingDuplicateNames: true)
    } catch {
      throw CheckpointError(.invalid, "not JSON", file: file, cause: error)
    }
    guard let map = json["weight_map"]?.objectValue, !map.isEmpty else {
      throw CheckpointError(.invalid, "key 'weight_map' must be an object that names tensors", file: file)
    }
    var assignment: [String: String] = [:]
    for member in map {
      guard let shard = member.value.stringValue, !shard.isEmpty, shard != ".", shard != "..",
        !shard.utf8.contains(UInt8(ascii: "/")), !shard.utf8.contains(0)
      else {
        throw CheckpointError(
          .invalid, "is not assigned to a file of this directory", file: file, tensor: member.name)
      }
      assignment[member.name] = shard
    }
    self.assignment = assignment
  }
}
