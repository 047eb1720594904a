/// Owen values of the features of a tree, found from the root down, the part first that changes the output most.
struct OwenValues: Sendable {
  /// A part of the text in a context, to be divided.
  private struct Item {
    let node: Int
    /// The features around the part, one flag per feature.
    let context: [Bool]
    /// F without the part and with it, one per target.
    let without, with: [Double]
    let weight: Double
    let order: Int

    /// How much the part changes the output, as far as it counts.
    var change: Double { zip(without, with).reduce(0) { max($0, abs($1.1 - $1.0)) } * weight }
  }

  /// As many as SHAP's explainer evaluates at once.
  static let copiesPerRound = 10

  /// F without any feature, one per target.
  let none: [Double]
  /// Copies asked for so far.
  private(set) var evaluated = 0
  private let tree: FeatureTree
  private let copies: Int
  private var waiting: [Item]
  /// Items whose two copies are asked for.
  private var asked: [Item] = []
  private var added = 1
  /// Of each node, what is not divided further, one per target.
  private var values: [[Double]]

  /// - Parameters:
  ///   - none: F without any feature, one per target.
  ///   - all: F of the text.
  ///   - copies: most that are asked for.
  init(_ tree: FeatureTree, none: [Double], all: [Double], copies: Int) {
    self.tree = tree
    self.none = none
    self.copies = copies
    let context = [Bool](repeating: false, count: tree.leafCount)
    waiting = [Item(node: tree.root, context: context, without: none, with: all, weight: 1, order: 0)]
    values = Array(repeating: none.map { _ in 0 }, count: tree.root + 1)
  }

  /// The features of the copies to evaluate next; none when all is done.
  mutating func nextCopies() -> [[Bool]] {
    var flags: [[Bool]] = []
    if evaluated >= copies {
      while let item = popLargest() { keep(item) }
    }
    while flags.count < Self.copiesPerRound, evaluated + flags.count < copies, let item = popLargest() {
      guard let parts = tree.parts(of: item.node) else {
        keep(item)
        continue
      }
      for part in [parts.left, parts.right] { flags.append(item.context.adding(tree.features[part])) }
      asked.append(item)
    }
    evaluated += flags.count
    return flags
  }

  /// Takes the values of the copies that were asked for last, one row per copy.
  mutating func take(_ answers: [[Double]]) {
    for (index, item) in asked.enumerated() {
      guard let parts = tree.parts(of: item.node) else { continue }
      let (left, right) = (answers[2 * index], answers[2 * index + 1])
      let weight = item.weight / 2
      add(parts.left, item.context, item.without, left, weight)
      add(parts.right, item.context, item.without, right, weight)
      add(parts.left, item.context.adding(tree.features[parts.right]), right, item.with, weight)
      add(parts.right, item.context.adding(tree.features[parts.left]), left, item.with, weight)
    }
    asked = []
  }

  /// One score per feature: its own, and its equal share of what the parts around it kept.
  func scores(of target: Int) -> [Double] {
    var shares = values.map { $0[target] }
    for node in stride(from: tree.root, through: tree.leafCount, by: -1) {
      guard let parts = tree.parts(of: node) else { continue }
      for part in [parts.left, parts.right] {
        shares[part] += shares[node] * Double(tree.features[part].count) / Double(tree.features[node].count)
      }
    }
    return Array(shares.prefix(tree.leafCount))
  }

  private mutating func keep(_ item: Item) {
    for target in none.indices { values[item.node][target] += (item.with[target] - item.without[target]) * item.weight }
  }

  private mutating func add(
    _ node: Int, _ context: [Bool], _ without: [Double], _ with: [Double], _ weight: Double
  ) {
    waiting.append(Item(node: node, context: context, without: without, with: with, weight: weight, order: added))
    added += 1
  }

  /// The item of the largest change; of several the one that was added first.
  private mutating func popLargest() -> Item? {
    guard
      let index = waiting.indices.min(by: { a, b in
        (-waiting[a].change, waiting[a].order) < (-waiting[b].change, waiting[b].order)
      })
    else { return nil }
    return waiting.remove(at: index)
  }
}

extension [Bool] {
  fileprivate func adding(_ features: Range<Int>) -> [Bool] {
    var result = self
    for feature in features { result[feature] = true }
    return result
  }
}
