import SalienceTensors

/// Tables of a batch on the device, 32-bit unsigned each; valid until the next batch begins.
struct BatchTables {
  /// B + 1 token offsets.
  let offsets: BufferRange
  /// The sequence that each token belongs to [T].
  let sequences: BufferRange
  private let inputs: [IndexInput: BufferRange]

  /// Token ids, positions or types [T].
  func indices(_ input: IndexInput) -> BufferRange { inputs[input] ?? sequences }

  /// Lays the tables out in upload memory, which the device reads where it lies.
  init(_ batch: PackedBatch, in memory: TransientMemory) throws {
    func place(_ values: some Collection<UInt32>) throws -> BufferRange {
      let (range, mapped) = try memory.take(bytes: values.count * MemoryLayout<UInt32>.stride)
      guard let mapped else { throw VulkanError(.failed, "upload memory is not mapped") }
      for (index, value) in values.enumerated() {
        mapped.storeBytes(of: value, toByteOffset: index * 4, as: UInt32.self)
      }
      return range
    }
    offsets = try place(batch.offsets.map { UInt32($0) })
    sequences = try place(
      batch.lengths.enumerated().flatMap { Array(repeating: UInt32($0), count: $1) })
    inputs = try Dictionary(
      uniqueKeysWithValues: IndexInput.allCases.map { input in
        (input, try place(batch.indices(input).map { UInt32(bitPattern: $0) }))
      })
  }
}
