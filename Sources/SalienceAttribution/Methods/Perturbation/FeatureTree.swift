import SalienceTokenizers

/// Features as the leaves of a binary tree: sentences of words of tokens, the parts of each halved until one is left.
///
/// Leaves are 0..<`leafCount`, in the order of the features; a node comes after the nodes below it, and the last one is
/// the root.
struct FeatureTree: Sendable {
  /// Parts of the nodes behind the leaves.
  private(set) var children: [(left: Int, right: Int)] = []
  /// Features below each node.
  private(set) var features: [Range<Int>]

  let leafCount: Int

  var root: Int { features.count - 1 }

  /// The two parts of a node; nil for a leaf.
  func parts(of node: Int) -> (left: Int, right: Int)? { node < leafCount ? nil : children[node - leafCount] }

  /// - Parameters:
  ///   - features: the tokens of each, at least one.
  ///   - encoding: the text.
  init(_ features: [Range<Int>], of encoding: Encoding) {
    leafCount = features.count
    self.features = features.indices.map { $0..<$0 + 1 }
    let words = Self.groups(of: features, in: WordPieces.ranges(encoding))
    let sentences = Self.groups(of: features, in: SentencePieces.ranges(encoding))
    var parts: [Int] = []
    for sentence in sentences {
      var own: [Int] = []
      for word in words where word.overlaps(sentence) { own.append(join(Array(word.clamped(to: sentence)))) }
      parts.append(join(own))
    }
    _ = join(parts)
  }

  /// The features whose first tokens each range holds, without the ranges that hold none.
  private static func groups(of features: [Range<Int>], in ranges: [Range<Int>]) -> [Range<Int>] {
    var groups: [Range<Int>] = []
    var place = 0
    for range in ranges {
      let start = place
      while place < features.count, features[place].lowerBound < range.upperBound { place += 1 }
      if place > start { groups.append(start..<place) }
    }
    return groups
  }

  /// One node above the nodes: the first half, of an odd number the smaller one, and the rest.
  private mutating func join(_ nodes: [Int]) -> Int {
    guard nodes.count > 1 else { return nodes[0] }
    let left = join(Array(nodes[..<(nodes.count / 2)]))
    let right = join(Array(nodes[(nodes.count / 2)...]))
    children.append((left, right))
    features.append(features[left].lowerBound..<features[right].upperBound)
    return root
  }
}
