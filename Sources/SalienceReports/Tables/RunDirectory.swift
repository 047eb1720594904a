#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The published tables of a run: `TABLE/model=NAME/part-*.parquet`.
public struct RunDirectory: Sendable, Equatable {
  public let path: String

  /// - Throws: `ReportError.missingInput` where there is no such directory or it holds no predictions.
  public init(path: String) throws {
    self.path = path
    guard Self.entries(of: path) != nil else {
      throw ReportError(.missingInput, "no such run directory", at: path)
    }
    guard Self.entries(of: "\(path)/\(Table.predictions.rawValue)") != nil else {
      throw ReportError(.missingInput, "holds no predictions: not a run directory, or not a row is scored", at: path)
    }
  }

  /// Last component of the path.
  public var name: String {
    path.split(separator: "/").last { $0 != "." }.map { String($0) } ?? path
  }

  /// Paths of a table's parts in row order; none where the table has no rows.
  public func parts(of table: Table, model: String) -> [String] { Self.parts(of: table, model: model, in: path) }

  /// The same for a directory that need not hold predictions.
  static func parts(of table: Table, model: String, in path: String) -> [String] {
    let folder = "\(path)/\(table.rawValue)/\(ModelPartition.directory(of: model))"
    return (entries(of: folder) ?? [])
      .filter { $0.utf8.starts(with: "part-".utf8) && $0.hasSuffix(".parquet") }
      // Numbers outgrow their zero padding: the shorter name is the smaller number.
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
      .map { "\(folder)/\($0)" }
  }

  static func entries(of path: String) -> [String]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  static func removeFile(_ path: String) {
    _ = unlink(path)
  }

  /// Creates the directory and those above it that are missing.
  static func create(_ path: String) throws {
    var prefix = path.utf8.first == UInt8(ascii: "/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += part
      if mkdir(prefix, 0o755) != 0, errno != EEXIST {
        throw FileOutput.failure("cannot be created", path, errno)
      }
      prefix += "/"
    }
  }

  static func rename(_ source: String, to destination: String) throws {
    #if canImport(Glibc)
      let result = Glibc.rename(source, destination)
    #elseif canImport(Musl)
      let result = Musl.rename(source, destination)
    #else
      let result = Darwin.rename(source, destination)
    #endif
    if result != 0 { throw FileOutput.failure("cannot be written", destination, errno) }
  }
}
