import SalienceTensors

extension VulkanModel {
  /// A lost device is opened again, and the prompts are begun anew; out of memory, other work gives its own back.
  func generate(decoder: Int, _ request: GenerationRequest) async throws -> [[Int32]] {
    try await pool.run { [self] _ in
      while true {
        do {
          return try recovering { try generate(decoder: decoder, request, on: $0) }
        } catch let error as VulkanError where error.isShortOfMemory {
          let shelf = host.session.shelf
          shelf.clear()
          if !shelf.waitForAnother() { return try recovering { try generate(decoder: decoder, request, on: $0) } }
        }
      }
    }
  }

  private func generate(
    decoder: Int, _ request: GenerationRequest, on session: VulkanSession
  ) throws -> [[Int32]] {
    let stream = try VulkanStream(parameters: parameters(in: session), recorder: session.recorder())
    let executor = try DecoderExecutor(decoders[decoder], tokenCapacity: request.longest, on: stream)
    let tokens = try executor.generate(request)
    session.savePipelines()
    return tokens
  }
}
