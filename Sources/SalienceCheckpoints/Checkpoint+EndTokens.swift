import SalienceJSON

extension Checkpoint {
  /// The tokens that end a text which the model generates; none where the checkpoint names none.
  ///
  /// As in transformers, `generation_config.json` decides where there is one, else `config.json`.
  /// - Throws: `CheckpointError` `invalid` naming file and key.
  public var endTokens: Set<Int32> {
    get throws {
      let file = directory + "/generation_config.json"
      let isThere = CheckpointFile.isDirectory(file) == false
      return try (isThere ? ModelConfiguration(file: file) : config).tokenIDs("eos_token_id")
    }
  }
}

extension ModelConfiguration {
  /// A token's id, or several.
  fileprivate func tokenIDs(_ key: String) throws -> Set<Int32> {
    guard let value = value(key) else { return [] }
    let ids = (value.arrayValue ?? [value]).map { $0.intValue.flatMap { Int32(exactly: $0) } }
    guard !ids.contains(nil) else {
      throw CheckpointError(.invalid, "key '\(key)' must be a token's id, or a list of them", file: file)
    }
    return Set(ids.compactMap { $0 })
  }
}
