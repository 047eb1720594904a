import Testing

/// An argument of a test that a log shows by its name, however long its value is.
public struct Named<Value: Sendable>: Sendable, CustomTestStringConvertible {
  public let name: String
  public let value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  public var testDescription: String { name }
}
