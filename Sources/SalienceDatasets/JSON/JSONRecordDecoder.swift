import SalienceJSON

/// Makes an example of a JSON object.
///
/// Numbers and booleans are taken as an id or a label in the form in which they are written; a missing or null id gives
/// the row number, a missing or null label none, a missing or null second text no pair. A label may be a list of such
/// values. Whatever the other members hold loses nothing.
struct JSONRecordDecoder {
  let mapping: ColumnMapping
  /// What a record is called in messages.
  let unit: String

  private struct Fault: Error {
    let column: String?
    let reason: String
  }

  /// Decodes a record.
  ///
  /// - Parameter bytes: from brace to brace, with white space around them.
  func decode(_ bytes: UnsafeBufferPointer<UInt8>, row: Int64, at location: RecordLocation) -> DatasetRecord {
    var id: String?
    do {
      let fields: JSONFields
      do {
        fields = try JSONFields(bytes)
      } catch {
        throw Fault(column: nil, reason: "not JSON: \(error) of the \(unit)")
      }
      if let other = fields.otherType { throw Fault(column: nil, reason: "expected an object, not this \(other)") }
      id = try mapping.id.flatMap { try scalar($0, in: fields) }
      guard let text = try string(mapping.text, in: fields, isOptional: false) else {
        throw Fault(column: mapping.text, reason: "missing")
      }
      let pair = try mapping.textPair.flatMap { try string($0, in: fields, isOptional: true) }
      let label = try mapping.label.flatMap { try self.label($0, in: fields) }
      return .example(
        Example(
          row: row, id: id ?? String(row), text: text, textPair: pair, label: label?.text, labels: label?.list,
          rationale: try mapping.rationale.flatMap { try kept($0, in: fields) },
          spans: try mapping.spans.flatMap { try kept($0, in: fields) },
          kept: try mapping.keep.map { try kept($0, in: fields) }),
        location)
    } catch {
      let fault = error as? Fault
      return .bad(
        BadRow(row: row, id: id, location: location, column: fault?.column, reason: fault?.reason ?? "\(error)"))
    }
  }

  /// What stands in a column; nil where it is missing or null.
  private func value(_ column: String, in fields: JSONFields) throws -> JSONValue? {
    do {
      let value = try fields.value(at: column)
      return value == .null ? nil : value
    } catch {
      throw Fault(column: column, reason: "not JSON: \(error) of the value")
    }
  }

  private func string(_ column: String, in fields: JSONFields, isOptional: Bool) throws -> String? {
    guard let value = try value(column, in: fields) else {
      guard !isOptional, try fields.value(at: column) != nil else { return nil }
      throw Fault(column: column, reason: "expected a string, not this null")
    }
    guard let text = value.stringValue else {
      throw Fault(column: column, reason: "expected a string, not this \(value.typeName)")
    }
    return text
  }

  private func scalar(_ column: String, in fields: JSONFields) throws -> String? {
    guard let value = try value(column, in: fields) else { return nil }
    guard let text = value.scalarText else {
      throw Fault(column: column, reason: "expected a string, number or boolean, not this \(value.typeName)")
    }
    return text
  }

  private func label(_ column: String, in fields: JSONFields) throws -> (text: String, list: [String]?)? {
    guard let value = try value(column, in: fields) else { return nil }
    guard let elements = value.arrayValue else {
      guard let text = value.scalarText else {
        throw Fault(
          column: column, reason: "expected a string, number, boolean or a list of them, not this \(value.typeName)")
      }
      return (text, nil)
    }
    let list = try elements.map { element in
      guard let text = element.scalarText else {
        throw Fault(
          column: column,
          reason: "expected a list of strings, numbers or booleans, not one with this \(element.typeName)")
      }
      return text
    }
    return (value.text(), list)
  }

  /// A value that is carried along: one that is no scalar as compact JSON.
  private func kept(_ column: String, in fields: JSONFields) throws -> String? {
    try value(column, in: fields).map { $0.scalarText ?? $0.text() }
  }
}

extension JSONValue {
  /// The text of a string, or a number or boolean as written; nil for anything else.
  var scalarText: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
