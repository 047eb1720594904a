import SalienceFoundation
import SalienceJSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension RunDirectory {
  /// Models with predictions, in the pipeline's order.
  ///
  /// A finished run's order is in `run.json`, an unfinished one's in its fingerprint. Models of neither come last: by
  /// the number that their names end in where they end in one, else in byte order.
  public var models: [String] {
    let folders = (try? DurableFile.names(in: "\(path)/\(Table.predictions.rawValue)")) ?? []
    let found = folders.compactMap(ModelPartition.model)
      .sorted { TrailingNumber($0) < TrailingNumber($1) }
    let order = listedModels.filter(found.contains)
    return order + found.filter { !order.contains($0) }
  }

  /// Names of the run's models as its own records list them; none where there is no such record.
  private var listedModels: [String] {
    for (file, list, name) in [("run.json", "results", "model"), ("state/run-fingerprint.json", "models", "name")] {
      guard let models = json(of: file)?[list]?.arrayValue else { continue }
      var names: [String] = []
      for model in models.compactMap({ $0[name]?.stringValue }) where !names.contains(model) { names.append(model) }
      if !names.isEmpty { return names }
    }
    return []
  }

  /// What one of the run's own records holds; nil where there is none that can be read.
  ///
  /// - Parameter file: relative to the run directory.
  func json(of file: String) -> JSONValue? {
    Self.contents(of: "\(path)/\(file)", limit: 64 << 20).flatMap { try? JSONValue(parsing: $0) }
  }

  /// The models asked for, or all of them.
  ///
  /// - Throws: `ReportError.missingInput` where one is not in the run.
  func checkedModels(_ models: [String]?) throws -> [String] {
    let known = self.models
    for model in models ?? [] where !known.contains(model) {
      let names = known.joined(separator: ", ")
      throw ReportError(.missingInput, "holds no model of that name, only: \(names)", at: path)
    }
    return models ?? known
  }

  /// The bytes of a regular file of at most `limit` bytes; nil where there is none that can be read.
  private static func contents(of path: String, limit: Int) -> [UInt8]? {
    guard let file = try? OpenFile(path, O_RDONLY | O_NONBLOCK) else { return nil }
    defer { try? file.close() }
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    let count = try? bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    return count == bytes.count ? bytes : nil
  }
}
