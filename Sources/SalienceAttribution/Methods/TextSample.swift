/// Different texts drawn from a dataset: those whose content and the seed have the smallest hashes, wherever they stand in
/// it and whoever reads it.
public struct TextSample: Sendable, Equatable {
  public let count: Int
  public let seed: UInt64

  public init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  /// nil where the baselines are no texts.
  init?(_ samples: BaselineSamples) {
    guard let count = samples.textCount else { return nil }
    self.init(count: count, seed: UInt64(samples.seed))
  }

  /// Takes from texts one after another, in memory for the texts that are kept alone.
  public struct Draw {
    private let sample: TextSample
    /// In ascending order of their hashes.
    private var kept: [(hash: UInt64, text: String)] = []

    public init(_ sample: TextSample) { self.sample = sample }

    /// - Parameter text: of nothing but white space is passed over.
    public mutating func add(_ text: String) {
      let hash = sample.hash(of: text)
      if kept.count == sample.count, let last = kept.last, hash >= last.hash { return }
      guard text.contains(where: { !$0.isWhitespace }) else { return }
      let place = kept.firstIndex { $0.hash >= hash } ?? kept.count
      guard place == kept.count || kept[place].hash != hash else { return }
      kept.insert((hash, text), at: place)
      if kept.count > sample.count { kept.removeLast() }
    }

    /// As many as were asked for, or all where there are fewer.
    public var texts: [String] { kept.map(\.text) }
  }

  private func hash(of text: String) -> UInt64 { SampleSeeds(text: text, seed: seed)[0] }
}
