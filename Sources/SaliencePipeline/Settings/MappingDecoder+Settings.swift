import SalienceAttribution

/// A method's settings in a pipeline file, or given as options.
extension MappingDecoder: SettingsReader {
  func has(_ key: String) -> Bool { node(key) != nil }

  func scalars(_ key: String) throws -> [SettingScalar]? {
    try list(key)?.map { node in
      let text = try Self.string(node, path: name(key))
      guard case .scalar(_, let isPlain) = node.value else { throw fault(key, "must be a string") }
      return SettingScalar(text, isPlain: isPlain, place: node.origin.description)
    }
  }

  func mapping(_ key: String, keys: [String]) throws -> (any SettingsReader)? {
    try node(key).map { try MappingDecoder($0, path: name(key), keys: keys) }
  }

  func isMapping(_ key: String) -> Bool {
    if case .mapping = node(key)?.value { true } else { false }
  }

  func fault(_ key: String, _ message: String, at scalar: SettingScalar?) -> any Error {
    let place = scalar?.place ?? place(of: key.split(separator: ".").map(String.init)[...])
    return PipelineError(.usage, "'\(name(key))' \(message)", at: place)
  }

  /// Where a value stands, which keys with dots between them lead to; or, where it is left out, what it belongs to.
  private func place(of keys: ArraySlice<String>) -> String {
    guard let key = keys.first, let node = node(key) else { return origin.description }
    let below = try? MappingDecoder(node, path: "", keys: Array(keys.dropFirst()))
    return keys.count > 1 ? below?.place(of: keys.dropFirst()) ?? node.origin.description : node.origin.description
  }
}
