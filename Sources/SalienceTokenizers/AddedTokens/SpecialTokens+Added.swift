import SalienceJSON

extension SpecialTokens {
  /// The tokens that a directory's files add to the vocabulary, in the order in which `transformers` 5 adds them.
  ///
  /// First those of `added_tokens_decoder` in tokenizer_config.json by their numbers, or without it those of
  /// added_tokens.json and of the tokenizer.json; then those with a role; then further special tokens. A token that
  /// stands in the list twice is looked for as its last entry says.
  /// - Parameter file: the tokenizer.json; nil where there is none.
  func addedTokens(file: ConfigurationComponent?, directory: String) throws(TokenizerError) -> [AddedToken] {
    let others = try others()
    var numbered: [Int: AddedToken] = [:]
    if let listed = config?.optional("added_tokens_decoder") {
      for member in try listed.members() {
        guard let id = Int(member.name), let token = listed.optional(member.name) else {
          throw listed.error(.malformed, "expected tokens by their ids")
        }
        numbered[id] = try AddedToken(token)
      }
    } else {
      if let older = try ConfigurationFile.readIfPresent("added_tokens.json", in: directory) {
        let special = try namedAsStrings() + others.listed.compactMap(\.value.stringValue)
        let ids = try Vocabulary(older)
        for (token, id) in zip(ids.tokens, ids.ids) {
          numbered[Int(id)] = AddedToken(token, isSpecial: special.contains { $0.isIdentical(to: token) })
        }
      }
      for element in try file?.optional("added_tokens")?.elements() ?? [] {
        numbered[Int(try element.member("id").index())] = try AddedToken(element)
      }
    }
    let first = numbered.sorted { $0.key < $1.key }.map(\.value)
    var named: [AddedToken] = []
    for role in Self.roles {
      guard let content = tokens[role] else { continue }
      var token = AddedToken(content)
      if let entry = entry(role), entry.value.objectValue != nil { token = try AddedToken(entry) }
      token.isSpecial = true
      if role == "mask_token", tokenizerClass.family == .camembert, entry(role)?.value.objectValue == nil {
        token.stripsLeft = true
      }
      named.append(token)
    }
    for component in others.named {
      var token = try AddedToken(component)
      token.isSpecial = true
      named.append(token)
    }
    var further = others.standard
    for component in others.listed { further.append(try AddedToken(component)) }
    var result = first
    for token in named + further {
      let isListed = first.contains { $0.content.isIdentical(to: token.content) }
      if !isListed, !result.contains(token) { result.append(token) }
    }
    for index in result.indices where named.contains(where: { $0.content.isIdentical(to: result[index].content) }) {
      result[index].isSpecial = true
    }
    if tokenizerClass.family == .qwen2 {
      // The class adds all of them once more.
      result += (named + further).map { AddedToken($0.content) }
    }
    return result
  }

  /// The tokens that the files name for a role by a string.
  private func namedAsStrings() throws(TokenizerError) -> [String] {
    var names: [String] = []
    for role in Self.roles {
      guard let entry = entry(role) else { continue }
      if let text = entry.value.stringValue ?? (isOfMap(role) ? entry.value["content"]?.stringValue : nil) {
        names.append(text)
      }
    }
    return names
  }
}

extension String {
  /// Whether two strings have the same Unicode scalars, which Swift's equality does not ask for.
  func isIdentical(to other: String) -> Bool { unicodeScalars.elementsEqual(other.unicodeScalars) }
}
