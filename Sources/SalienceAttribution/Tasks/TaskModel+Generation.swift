import SalienceModels
import SalienceTensors
import SalienceTokenizers

extension TaskModel {
  /// The tokens that follow each prompt, up to the end token or the most that the settings or the model allow.
  func generate(after prompts: [Encoding], _ settings: GenerationSettings) async throws -> [[Int32]] {
    if prompts.isEmpty { return [] }
    let end = tokenizer.endToken?.id
    let request = GenerationRequest(
      prompts: prompts.map { architecture.sequence(ids: $0.ids, typeIDs: $0.typeIDs) },
      limit: settings.maximumNewTokens
    ) { _, _, logits in
      logits.indices.max { logits[$0] < logits[$1] }.map { Int32($0) }
    }
    return try await prepared.generate(decoder: 0, request).map { tokens in
      tokens.firstIndex { $0 == end }.map { Array(tokens[...$0]) } ?? tokens
    }
  }
}
