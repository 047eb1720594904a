import Foundation
import SalienceParquet
import Testing

/// Expects `body` to throw a `ParquetError` of this kind that names `path` in one line.
func expectError(
  _ code: ParquetError.Code, naming path: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  let error = #expect(throws: ParquetError.self, sourceLocation: sourceLocation) { try body() }
  #expect(error?.code == code, sourceLocation: sourceLocation)
  #expect(error?.description.contains(path) == true, sourceLocation: sourceLocation)
  #expect(error?.description.contains("\n") == false, sourceLocation: sourceLocation)
}

/// A file's size in bytes.
func fileSize(_ path: String) throws -> Int {
  try Data(contentsOf: URL(fileURLWithPath: path)).count
}
