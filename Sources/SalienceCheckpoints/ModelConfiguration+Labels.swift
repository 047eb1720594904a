import SalienceJSON

extension ModelConfiguration {
  /// The most classes that are believed; it bounds what a configuration can make a reader allocate.
  static let maximumLabelCount = 1_000_000

  /// The classes' names, by class index.
  ///
  /// As in transformers: `id2label` where present, else `LABEL_0`, `LABEL_1` … for `num_labels`, which is 2 unless
  /// given.
  /// - Throws: `CheckpointError` `invalid` where `id2label` does not number its labels 0, 1, 2 ….
  public var labelNames: [String] {
    get throws {
      guard let map = value("id2label") else {
        let count = try integer("num_labels", "_num_labels", default: 2)
        guard 0...Self.maximumLabelCount ~= count else {
          throw CheckpointError(
            .invalid, "key 'num_labels' must be between 0 and \(Self.maximumLabelCount)", file: file)
        }
        return (0..<count).map { "LABEL_\($0)" }
      }
      guard let members = map.objectValue else {
        throw CheckpointError(.invalid, "key 'id2label' must be an object, not this \(map.typeName)", file: file)
      }
      var names = [String?](repeating: nil, count: members.count)
      for member in members {
        guard let index = Int(member.name), names.indices.contains(index), names[index] == nil else {
          throw CheckpointError(
            .invalid, "key 'id2label' must number its \(members.count) labels from 0 without a gap", file: file)
        }
        names[index] = try labelName(member.value)
      }
      return names.compactMap { $0 }
    }
  }

  /// How many classes there are.
  public var labelCount: Int { get throws { try labelNames.count } }

  private func labelName(_ value: JSONValue) throws -> String {
    switch value {
    case .string(let text), .number(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    default: throw CheckpointError(.invalid, "a label of key 'id2label' must be a string", file: file)
    }
  }
}
