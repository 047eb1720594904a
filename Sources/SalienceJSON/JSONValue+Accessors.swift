import SalienceFoundation

extension JSONValue {
  /// The member of that name, or nil where there is none or the value is no object.
  ///
  /// Names are compared by their bytes, without Unicode normalisation. Of members with one name the last counts, as in
  /// Python's `json`. The search is linear: iterate `objectValue` where an object holds thousands of members.
  public subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { ExactText($0.name) == ExactText(name) }?.value
  }

  /// The element at `position`, or nil where there is none or the value is no array.
  public subscript(position: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(position) else { return nil }
    return elements[position]
  }

  /// Whether the value is `null`.
  public var isNull: Bool { self == .null }

  /// The value of `true` or `false`, else nil.
  public var boolValue: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// A string's text, else nil.
  public var stringValue: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// A number's value where it is an integer that fits, else nil; `12.0` and `1e3` are integers too.
  public var intValue: Int? {
    guard case .number(let text) = self else { return nil }
    if let value = Int(text) { return value }
    // A double above 2^53 may stand for a neighbouring integer, so such values count only when written as integers.
    guard let value = Double(text), value.magnitude <= 9_007_199_254_740_992 else { return nil }
    return Int(exactly: value)
  }

  /// A number's value as the nearest double, or nil where the value is no number or overflows to infinity.
  public var doubleValue: Double? {
    guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// An array's elements, else nil.
  public var arrayValue: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// An object's members in document order, else nil.
  public var objectValue: [JSONMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The value's JSON type, for messages: `null`, `boolean`, `number`, `string`, `array` or `object`.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
