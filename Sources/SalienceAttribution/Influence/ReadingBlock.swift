/// The readings of neighbouring rows of a dataset, under one checkpoint.
public struct ReadingBlock: Sendable, Equatable {
  /// Row numbers, half open.
  public let rows: Range<Int64>
  /// C; 0 where no loss is asked for.
  public let classes: Int
  /// H.
  public let width: Int
  /// What became of each row.
  public let states: [State]
  /// [rows x C], row-major; zeros where a row has no reading.
  public let gradients: [Float]
  /// [rows x H], row-major; zeros where a row has no reading.
  public let inputs: [Float]

  /// What became of a row.
  public enum State: UInt8, Sendable {
    /// It has a reading.
    case read
    /// It is damaged in the file.
    case bad
    /// It is no input of the model, or its numbers are not finite.
    case unscored
    /// It has no label that is one of the model's.
    case unlabelled
  }

  public init(
    rows: Range<Int64>, classes: Int, width: Int, states: [State], gradients: [Float], inputs: [Float]
  ) {
    self.rows = rows
    self.classes = classes
    self.width = width
    self.states = states
    self.gradients = gradients
    self.inputs = inputs
  }

  /// Puts readings one behind the other.
  ///
  /// - Parameter readings: one per row, or why there is none.
  public init(first: Int64, _ readings: [(state: State, reading: ClassifierReading?)]) {
    let known = readings.compactMap(\.reading).first
    let (classes, width) = (known?.gradient.count ?? 0, known?.input.count ?? 0)
    var (gradients, inputs) = ([Float](), [Float]())
    gradients.reserveCapacity(readings.count * classes)
    inputs.reserveCapacity(readings.count * width)
    for entry in readings {
      gradients += entry.reading?.gradient ?? Array(repeating: 0, count: classes)
      inputs += entry.reading?.input ?? Array(repeating: 0, count: width)
    }
    self.init(
      rows: first..<first + Int64(readings.count), classes: classes, width: width, states: readings.map(\.state),
      gradients: gradients, inputs: inputs)
  }
}
