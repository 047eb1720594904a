import SalienceJSON

/// A context and the questions about it, as SQuAD files hold them, each decoded when it is asked for.
struct SQuADParagraph {
  /// A question's place among the paragraph's bytes, and the line ends before it.
  private struct Place {
    let range: Range<Int>
    let lines: Int
  }

  /// Names that a mapping may use.
  static let columns = ["id", "question", "context", "answer"]

  private let bytes: [UInt8]
  private let location: RecordLocation
  private let context: Result<String, SQuADFault>
  private let questions: [Place]
  private var next = 0

  /// Reads the context and finds the questions.
  ///
  /// - Parameter bytes: an object from brace to brace.
  /// - Returns: nil where the paragraph's own members cannot be told apart.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, at location: RecordLocation) {
    self.bytes = Array(bytes)
    self.location = location
    var walk = JSONWalk(bytes: bytes, offset: 1)
    var context: Result<String, SQuADFault> = .failure(SQuADFault(column: "context", reason: "missing"))
    var questions: [Place]?
    while let member = walk.nextMember() {
      switch member.name {
      case "context":
        context = SQuADFault.catching("context") { try $0.string(JSONValue(parsing: Array(bytes[member.value]))) }
      case "qas":
        guard bytes[member.value.lowerBound] == UInt8(ascii: "[") else { return nil }
        var elements = JSONWalk(bytes: bytes, offset: member.value.lowerBound + 1)
        var found: [Place] = []
        var (counted, lines) = (0, 0)
        while let element = elements.nextElement() {
          lines += bytes[counted..<element.lowerBound].count { $0 == 0x0A }
          counted = element.lowerBound
          found.append(Place(range: element, lines: lines))
        }
        guard elements.hasEnded else { return nil }
        questions = found
      default: break
      }
    }
    guard walk.hasEnded, let questions else { return nil }
    self.context = context
    self.questions = questions
  }

  /// Whether every question was taken.
  var isEmpty: Bool { next == questions.count }

  /// Passes over a question.
  mutating func skip() { next += 1 }

  /// Decodes the next question.
  mutating func question(row: Int64, mapping: ColumnMapping) -> DatasetRecord {
    let place = questions[next]
    next += 1
    let location = RecordLocation(
      file: location.file, line: location.line + place.lines,
      byteOffset: location.byteOffset + Int64(place.range.lowerBound))
    var id: String?
    do {
      let json: JSONValue
      do {
        json = try JSONValue(parsing: Array(bytes[place.range]))
      } catch {
        throw SQuADFault(column: nil, reason: "not JSON: \(error) of the question")
      }
      guard json.objectValue != nil else {
        throw SQuADFault(column: nil, reason: "expected a question, not this \(json.typeName)")
      }
      id = try mapping.id.flatMap { try value(of: $0, in: json) }
      let text = try text(of: mapping.text, in: json)
      let pair = try mapping.textPair.map { try self.text(of: $0, in: json) }
      let answers = mapping.label == "answer" ? try answers(in: json, column: "answer") : []
      let label = mapping.label == "answer" ? answers.first : try mapping.label.flatMap { try value(of: $0, in: json) }
      return .example(
        Example(
          row: row, id: id ?? String(row), text: text, textPair: pair, label: label,
          labels: answers.count > 1 ? answers : nil,
          rationale: try mapping.rationale.flatMap { try value(of: $0, in: json) },
          spans: try mapping.spans.flatMap { try value(of: $0, in: json) },
          kept: try mapping.keep.map { try value(of: $0, in: json) }),
        location)
    } catch {
      let fault = error as? SQuADFault
      return .bad(
        BadRow(row: row, id: id, location: location, column: fault?.column, reason: fault?.reason ?? "\(error)"))
    }
  }

  private func text(of column: String, in json: JSONValue) throws -> String {
    guard let text = try value(of: column, in: json) else { throw SQuADFault(column: column, reason: "missing") }
    return text
  }

  /// What a question's column holds; nil where it has none: no id, or no answer.
  private func value(of column: String, in json: JSONValue) throws -> String? {
    let fault = SQuADFault(column: column, reason: "")
    switch column {
    case "context": return try context.get()
    case "question": return try json["question"].map(fault.string)
    case "answer": return try answers(in: json, column: column).first
    default:
      guard let value = json[column], !value.isNull else { return nil }
      if case .number(let number) = value { return number }
      return try fault.string(value)
    }
  }

  /// The answers of a question, each a right one; none where there is no answer.
  private func answers(in json: JSONValue, column: String) throws -> [String] {
    let fault = SQuADFault(column: column, reason: "")
    guard json["is_impossible"]?.boolValue != true, let answers = json["answers"], !answers.isNull else { return [] }
    // The Hub's tables turn the list of answers inside out.
    if answers.objectValue != nil {
      guard let texts = answers["text"]?.arrayValue else {
        throw SQuADFault(column: column, reason: "answers without a list of texts")
      }
      return try Self.first(of: texts, fault.string)
    }
    guard let list = answers.arrayValue else { throw fault.expecting("an array of answers", answers) }
    return try Self.first(of: list) { answer in
      guard let text = answer["text"] else { throw SQuADFault(column: column, reason: "an answer without a text") }
      return try fault.string(text)
    }
  }

  /// The texts of a list, whose first must be sound: it is the label.
  private static func first(of list: [JSONValue], _ text: (JSONValue) throws -> String) throws -> [String] {
    try list.prefix(1).map(text) + list.dropFirst().compactMap { try? text($0) }
  }
}

/// What is wrong with a question, without its text.
struct SQuADFault: Error {
  let column: String?
  let reason: String

  func expecting(_ what: String, _ value: JSONValue) -> SQuADFault {
    SQuADFault(column: column, reason: "expected \(what), not this \(value.typeName)")
  }

  func string(_ value: JSONValue) throws -> String {
    guard let text = value.stringValue else { throw expecting("a string", value) }
    return text
  }

  /// What `read` gives, or the fault of the column that it throws.
  static func catching(
    _ column: String, _ read: (SQuADFault) throws -> String
  ) -> Result<String, SQuADFault> {
    do {
      return .success(try read(SQuADFault(column: column, reason: "")))
    } catch let fault as SQuADFault {
      return .failure(fault)
    } catch {
      return .failure(SQuADFault(column: column, reason: "not JSON: \(error) of the value"))
    }
  }
}
