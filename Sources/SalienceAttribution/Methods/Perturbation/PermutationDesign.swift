/// Features added one by one, from none to all, in one or more orders.
struct PermutationDesign: PerturbationDesign {
  let features: Int
  /// The order of each round: a permutation of the features.
  let orders: [[Int]]

  /// The empty copy, then every true part of each order.
  var count: Int { 1 + orders.count * (features - 1) }

  var emptyCopy: Int? { 0 }

  func present(_ copy: Int) -> [Bool] {
    var result = [Bool](repeating: false, count: features)
    guard copy > 0 else { return result }
    let (order, place) = (copy - 1).quotientAndRemainder(dividingBy: features - 1)
    for feature in orders[order][...place] { result[feature] = true }
    return result
  }

  /// The mean over the orders of what F gains when a feature is added.
  func scores(whole: Double, _ values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: features)
    for (index, order) in orders.enumerated() {
      var before = values[0]
      for (place, feature) in order.enumerated() {
        let after = place == features - 1 ? whole : values[1 + index * (features - 1) + place]
        sums[feature] += after - before
        before = after
      }
    }
    return sums.map { $0 / Double(orders.count) }
  }
}
