/// The squared distance of `values` from `expected` relative to the square of `expected`'s length; 0 where they are
/// equal, infinite where they are not as many.
public func normalisedError(_ values: [Float], _ expected: [Float]) -> Double {
  guard values.count == expected.count else { return .infinity }
  let error = zip(values, expected).reduce(0) {
    $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
  }
  return error == 0 ? 0 : error / expected.reduce(0) { $0 + Double($1) * Double($1) }
}
