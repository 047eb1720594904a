import SalienceDatasets

/// The records of a dataset, one after the other.
///
/// A reader belongs to one thread at a time.
public protocol RecordReader: AnyObject {
  /// The next record; nil after the last.
  func next() throws -> DatasetRecord?
  /// Passes over records, bad ones included; returns how many, fewer than asked for at the end.
  @discardableResult func skip(_ records: Int) throws -> Int
}

extension DatasetReader: RecordReader {}
