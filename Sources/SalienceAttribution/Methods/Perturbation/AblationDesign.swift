/// One copy per group of features that are taken out together.
struct AblationDesign: PerturbationDesign {
  let features: Int
  /// The features that each copy lacks; every feature is in one or more.
  let groups: [Range<Int>]

  var count: Int { groups.count }

  func present(_ copy: Int) -> [Bool] { (0..<features).map { !groups[copy].contains($0) } }

  /// F(x) - F(x without the group): of a feature of several groups the mean.
  func scores(whole: Double, _ values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: features)
    var counts = sums
    for (group, value) in zip(groups, values) {
      for feature in group {
        sums[feature] += whole - value
        counts[feature] += 1
      }
    }
    return zip(sums, counts).map { $1 == 0 ? 0 : $0 / $1 }
  }
}
