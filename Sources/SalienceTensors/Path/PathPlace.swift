/// A point of a request's path, and where its end points and its sum lie.
struct PathPlace {
  /// Index of the request.
  let request: Int
  let alpha: Double
  let weight: Double
  /// First token row in the buffers of end points.
  let row: Int
  /// First token row in the buffers of sums.
  let sumRow: Int
}

extension PathExecutor {
  /// The given points of each request, whose sums lie where its end points lie.
  ///
  /// A path between equal ends has no length, and its attribution is zero wherever its gradient points; the gradient
  /// itself is not.
  func places(of requests: [PathRequest], savings: ExactSavings) -> [PathPlace] {
    var (row, places) = (0, [PathPlace]())
    for (index, request) in requests.enumerated() {
      if request.input != request.baseline || !request.reduction.readsEnds || !savings.contains(.equalEnds) {
        places += request.points.map {
          PathPlace(request: index, alpha: $0.alpha, weight: $0.weight, row: row, sumRow: row)
        }
      }
      row += request.input.sequence.count
    }
    return places
  }
}
