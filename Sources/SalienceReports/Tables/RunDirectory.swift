import SalienceFoundation

/// The published tables of a run: `TABLE/model=NAME/part-*.parquet`.
public struct RunDirectory: Sendable, Equatable {
  public let path: String

  /// - Throws: `ReportError.missingInput` where there is no such directory or it holds no predictions.
  public init(path: String) throws {
    self.path = path
    guard Self.canBeListed(path) else {
      throw ReportError(.missingInput, "no such run directory", at: path)
    }
    guard Self.canBeListed("\(path)/\(Table.predictions.rawValue)") else {
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
    return ((try? DurableFile.names(in: folder)) ?? [])
      .filter { $0.utf8.starts(with: "part-".utf8) && $0.hasSuffix(".parquet") }
      // Numbers outgrow their zero padding: the shorter name is the smaller number.
      .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
      .map { "\(folder)/\($0)" }
  }
  private static func canBeListed(_ directory: String) -> Bool {
    DurableFile.isDirectory(directory) && (try? DurableFile.names(in: directory)) != nil
  }
}
