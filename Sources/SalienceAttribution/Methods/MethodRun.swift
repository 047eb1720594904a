import SalienceTensors

/// A method at work on one output of one example: it asks for evaluations, is given the answers, and asks again or
/// finishes.
public protocol MethodRun: Sendable {
  /// What to do next.
  ///
  /// - Parameter answers: to what was asked last, in the same order; none at first.
  /// - Throws: `AttributionError` where the example cannot be explained.
  mutating func next(_ answers: [Answer]) throws -> Step
}

/// What a method does next.
public enum Step: Sendable {
  /// One or more questions, answered together.
  case ask([Ask])
  /// One explanation per target.
  case finish([Explanation])
}

/// A question to a model.
///
/// Equal questions of one batch are computed once.
public enum Ask: Sendable, Hashable {
  /// Σ_c coefficient_c F_c at an end point, for each row of coefficients.
  case values(PathEnd, coefficients: [[Float]])
  /// The same of the outputs as probabilities, whatever the method explains; as they are where the task has none.
  case probabilities(PathEnd, coefficients: [[Float]])
  /// The log-probability of a token among all outputs at an end point; one value.
  case logProbability(PathEnd, of: Int32)
  /// The index of the largest output at an end point, the first of equal ones; one value.
  case largest(PathEnd)
  /// Gradients summed along a path.
  case path(PathRequest)
  /// Values inside the model at points, and gradients towards them, reduced to what is asked of them.
  case inside([TapRequest], InsideQuestion)
}

/// The answer to an `Ask` of the same kind.
public enum Answer: Sendable {
  /// One per row of coefficients, of outputs or of probabilities; one log-probability or index.
  case values([Double])
  case path(PathResponse)
  case inside(InsideAnswer)
}

extension [Answer] {
  /// The values of the answer at a place.
  ///
  /// - Throws: `AttributionError` with code `answer` where another kind stands there, which is a fault of the method's.
  public func values(at index: Int) throws -> [Double] {
    guard indices.contains(index), case .values(let values) = self[index] else { throw AttributionError.mismatch }
    return values
  }

  /// The path of the answer at a place.
  ///
  /// - Throws: as `values(at:)`.
  public func path(at index: Int) throws -> PathResponse {
    guard indices.contains(index), case .path(let response) = self[index] else { throw AttributionError.mismatch }
    return response
  }

  /// What of the inside of the model the answer at a place says.
  ///
  /// - Throws: as `values(at:)`.
  public func inside(at index: Int) throws -> InsideAnswer {
    guard indices.contains(index), case .inside(let answer) = self[index] else { throw AttributionError.mismatch }
    return answer
  }
}

extension AttributionError {
  static var mismatch: AttributionError {
    AttributionError(.answer, "a method read an answer to a question that it did not ask")
  }
}
