import SalienceDatasets
import SalienceFoundation

/// What the influence table says of neighbouring rows of a dataset: id, label and text of each that can be read.
struct InfluenceRecords {
  struct Record {
    let id: String
    let label: String?
    let text: String?
    let textPair: String?
  }

  /// By row number.
  let records: [Int64: Record]

  /// - Parameter includesText: false keeps every text out.
  init(_ examples: [Example], includesText: Bool) {
    records = Dictionary(
      examples.map { example in
        let pair = includesText ? example.textPair : nil
        return (
          example.row,
          Record(id: example.id, label: example.label, text: includesText ? example.text : nil, textPair: pair)
        )
      }
    ) { first, _ in first }
  }

  func write(to path: String) throws {
    var writer = BinaryWriter()
    writer.append(records.sorted { $0.key < $1.key }) { writer, entry in
      writer.append(entry.key)
      writer.append(entry.value.id)
      for text in [entry.value.label, entry.value.text, entry.value.textPair] {
        writer.append(text) { $0.append($1) }
      }
    }
    try InfluenceFiles.write(writer.bytes, to: path)
  }

  /// - Throws: `PipelineError.data` where the file is damaged; `FileFault` where it cannot be read.
  init(path: String) throws {
    let bytes = try DurableFile.read(path, limit: Int.max)
    var reader = BinaryReader(bytes[...])
    let entries: [(Int64, Record)]
    do {
      entries = try reader.array { reader in
        let row = try reader.integer(Int64.self)
        let id = try reader.string()
        let texts = try (0..<3).map { _ in try reader.optional { try $0.string() } }
        return (row, Record(id: id, label: texts[0], text: texts[1], textPair: texts[2]))
      }
    } catch { throw PipelineError(.data, "not what the run wrote; remove it", at: path) }
    records = Dictionary(entries) { first, _ in first }
  }
}
