import SalienceAttribution
import SalienceDatasets

/// A loaded checkpoint, as influence asks it: what its last linear layer reads of texts, and what the loss is there.
public protocol ClassifierReader: Sendable {
  /// Batches to keep in flight.
  var concurrency: Int { get }

  /// Turns a text into what a batch is made of.
  ///
  /// - Returns: nil where the text is no input of the model.
  func encode(_ example: Example, of set: InfluenceSet) -> TaskInput?

  /// One result per input.
  ///
  /// - Throws: where nothing can be read any more: the run stops.
  func read(_ inputs: [TaskInput], of set: InfluenceSet) async throws -> [RowReading]
}

/// What became of a text, and its reading where it has one.
public typealias RowReading = (state: ReadingBlock.State, reading: ClassifierReading?)

/// The two sets of rows that influence is between.
public enum InfluenceSet: String, Sendable, CaseIterable {
  case training, scored
}
