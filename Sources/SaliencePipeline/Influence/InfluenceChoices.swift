import SalienceAttribution
import SalienceFoundation

/// The most influential training rows of neighbouring scored rows, as they are kept until the table is written.
struct InfluenceChoices {
  /// Row numbers of those that have some.
  let rows: [Int64]
  let lists: [(highest: [InfluentialRows.Entry], lowest: [InfluentialRows.Entry])]

  init(_ scores: InfluenceScores, first: Int64) {
    rows = scores.usable.map { first + Int64($0) }
    lists = scores.results.map { ($0.highest, $0.lowest) }
  }

  func write(to path: String) throws {
    var writer = BinaryWriter()
    writer.append(Array(zip(rows, lists))) { writer, entry in
      writer.append(entry.0)
      for list in [entry.1.highest, entry.1.lowest] {
        writer.append(list) { writer, entry in
          writer.append(entry.row)
          writer.append(entry.score)
        }
      }
    }
    try InfluenceFiles.write(writer.bytes, to: path)
  }

  /// - Throws: `PipelineError.data` where the file is damaged; `FileFault` where it cannot be read.
  init(path: String) throws {
    let bytes = try DurableFile.read(path, limit: Int.max)
    var reader = BinaryReader(bytes[...])
    func list(_ reader: inout BinaryReader) throws -> [InfluentialRows.Entry] {
      try reader.array { InfluentialRows.Entry(row: try $0.integer(Int64.self), score: try $0.double()) }
    }
    do {
      let entries = try reader.array { reader in
        (try reader.integer(Int64.self), (highest: try list(&reader), lowest: try list(&reader)))
      }
      rows = entries.map(\.0)
      lists = entries.map(\.1)
    } catch { throw PipelineError(.data, "not what the run wrote; remove it", at: path) }
  }
}
