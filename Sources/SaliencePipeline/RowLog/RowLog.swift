import SalienceFoundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The scored rows of one unit that is not published yet, on disk beside the manifests: `unit-NNNNN.rows`.
///
/// The file is locked for as long as a process appends to it; another one that works on the same unit reads its rows
/// and appends to `unit-NNNNN-2.rows`. A unit of a few seconds has none: rows are written when they have waited for
/// some seconds, or when the run is stopped.
package final class RowLog: Sendable {
  let model: String
  let index: Int
  /// Seconds that earlier attempts spent on the unit.
  package let earlierSeconds: Double
  private let directory: RunLayout
  private let run: String
  private let header: [UInt8]

  private struct State {
    /// What earlier attempts, or other processes, have scored.
    var earlier: [Int64: ArraySlice<UInt8>]
    /// Records that wait to be written.
    var waiting: [UInt8] = []
    var file: FileLock?
    var isClosed = false
  }

  private let state: Mutex<State>

  /// Reads what is there of the unit.
  ///
  /// - Parameter run: digest of what the rows' numbers depend on; rows of another run are not taken.
  /// - Throws: `FileFault` naming the path.
  package init(_ directory: RunLayout, run: String, model: String, unit index: Int) throws {
    self.directory = directory
    self.run = run
    self.model = model
    self.index = index
    header = RowLogFile.header(run: run, model: model, unit: index)
    var earlier: [Int64: ArraySlice<UInt8>] = [:]
    for path in try Self.paths(in: directory, model: model) where Unit.index(ofLog: path) == index {
      earlier.merge(try RowLogFile.read(path, header: header).rows) { first, _ in first }
    }
    earlierSeconds = earlier.values.reduce(0) { max($0, (try? LoggedRow.head(of: $1).seconds) ?? 0) }
    state = Mutex(State(earlier: earlier))
  }

  /// The record of a row that is scored already; the second call for a row finds none.
  package func takeRow(_ row: Int64) -> ArraySlice<UInt8>? {
    state.withLock { $0.earlier.removeValue(forKey: row) }
  }

  /// Adds a row to those that wait to be written.
  ///
  /// - Returns: whether it is the first of them.
  package func append(_ payload: [UInt8]) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      defer { state.waiting += RowLogFile.record(payload) }
      return state.waiting.isEmpty
    }
  }

  /// Writes the rows that wait to the disk.
  ///
  /// - Throws: `FileFault` naming the path; `PipelineError.refused` where the run is gone.
  package func flush() throws {
    try state.withLock { state in
      guard !state.waiting.isEmpty, !state.isClosed else { return }
      let file = try state.file ?? open()
      state.file = file
      try Self.write(state.waiting, to: file)
      state.waiting = []
    }
  }

  /// Lets go of the file; what is on disk stays there.
  package func close() {
    state.withLock { state in
      state.isClosed = true
      state.file = nil
    }
  }

  /// Removes what is on disk of the unit, which is published.
  ///
  /// - Throws: `FileFault` naming the path.
  package func remove() throws {
    close()
    for path in try Self.paths(in: directory, model: model) where Unit.index(ofLog: path) == index {
      try DurableFile.remove(path)
    }
  }

  /// Opens the first of the unit's files that no process holds, behind its last sound record.
  private func open() throws -> FileLock {
    guard let stored = try? RunFingerprint(path: directory.fingerprint), stored.digest(of: model) == run else {
      throw PipelineError(.refused, "the run was removed while it was worked on", at: directory.path)
    }
    let folder = directory.manifests(model: model)
    try DurableFile.makeDirectories(folder)
    var number = 1
    while true {
      let path = "\(folder)/\(Unit.logName(index, number: number))"
      let created = try FileLock.create(path, mode: 0o600)
      guard let file = try created ?? FileLock.open(path) else { continue }
      switch try file.acquire(.exclusive, waiting: false) {
      case .busy: number += 1
      // Nobody knows whether another process writes to a file that was there.
      case .unsupported where created == nil: number += 1
      case .unsupported, .taken:
        // Its unit may have been published meanwhile, and the file removed.
        guard file.isInPlace else { continue }
        try prepare(file)
        try DurableFile.sync(folder)
        return file
      }
    }
  }

  /// Cuts off what is not sound, and begins with the header where nothing is.
  private func prepare(_ file: FileLock) throws {
    let sound = try RowLogFile.read(file.path, header: header).bytes
    do {
      try SystemError.check { ftruncate(file.file.descriptor, off_t(sound)) }
      try SystemError.check { lseek(file.file.descriptor, 0, SEEK_END) }
    } catch {
      throw FileFault.output("cannot be written", file.path, error)
    }
    if sound == 0 { try Self.write(RowLogFile.record(header), to: file) }
  }

  private static func write(_ bytes: [UInt8], to lock: FileLock) throws {
    do {
      try lock.file.write(bytes)
      try lock.file.flush()
    } catch {
      throw FileFault.output("cannot be written", lock.path, error)
    }
  }
}

extension RowLog {
  /// A unit's rows on disk.
  package struct Kept: Sendable, Equatable {
    let model: String
    let unit: Int
    package let rows: Int
  }

  /// What the row logs of a run hold, units in order.
  ///
  /// - Parameter run: digest of each model.
  package static func kept(in directory: RunLayout, run: [String: String]) throws -> [Kept] {
    try run.sorted { $0.key < $1.key }.flatMap { model, digest in
      var rows: [Int: Set<Int64>] = [:]
      for path in try paths(in: directory, model: model) {
        guard let unit = Unit.index(ofLog: path) else { continue }
        let header = RowLogFile.header(run: digest, model: model, unit: unit)
        rows[unit, default: []].formUnion(try RowLogFile.read(path, header: header).rows.keys)
      }
      return rows.sorted { $0.key < $1.key }.map { Kept(model: model, unit: $0.key, rows: $0.value.count) }
    }
  }

  /// Removes what a process left that died between the publishing of a unit and the end of its log.
  ///
  /// - Parameter published: units that no limit cuts short.
  /// - Throws: `FileFault` naming the path.
  static func remove(of published: some Sequence<Unit>, in directory: RunLayout) throws {
    for (model, units) in Dictionary(grouping: published, by: \.model) {
      let indices = Set(units.map(\.index))
      for path in try paths(in: directory, model: model) {
        if let index = Unit.index(ofLog: path), indices.contains(index) { try DurableFile.remove(path) }
      }
    }
  }

  private static func paths(in directory: RunLayout, model: String) throws -> [String] {
    let folder = directory.manifests(model: model)
    return try DurableFile.names(in: folder).filter { Unit.index(ofLog: $0) != nil }.map { "\(folder)/\($0)" }
  }
}
