import SalienceJSON

/// The members of a JSON object, found by the names that pipelines use.
///
/// That is a name, or names with dots between them that lead into objects. A member whose own name has the dots goes
/// first.
enum JSONFields {
  case parsed(JSONValue)
  /// The bytes of an object that holds text which no string can: what is asked for is parsed alone.
  case raw(UnsafeBufferPointer<UInt8>)

  /// Reads an object from brace to brace.
  ///
  /// - Throws: `JSONError` where it is not JSON, even with NaN and lone surrogates allowed.
  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    do {
      self = .parsed(try JSONValue(parsing: UnsafeRawBufferPointer(bytes), tolerance: .nonFiniteNumbers))
    } catch {
      guard error.code == .encoding else { throw error }
      let whole = try? JSONValue(
        parsing: UnsafeRawBufferPointer(bytes), tolerance: [.nonFiniteNumbers, .loneSurrogates])
      guard whole?.objectValue != nil else { throw error }
      self = .raw(bytes)
    }
  }

  /// The kind of value where it is not an object, else nil.
  var otherType: String? {
    guard case .parsed(let value) = self, value.objectValue == nil else { return nil }
    return value.typeName
  }

  /// What stands under a path; nil where there is nothing.
  ///
  /// - Throws: `JSONError` where that value alone cannot be read.
  func value(at path: String) throws(JSONError) -> JSONValue? {
    switch self {
    case .parsed(let value): return Self.find(path[...], in: value) { $0[String($1)] }
    case .raw(let bytes):
      guard let range = Self.find(path[...], in: bytes, member: Self.member) else { return nil }
      return try JSONValue(parsing: UnsafeRawBufferPointer(range), tolerance: .nonFiniteNumbers)
    }
  }

  private static func find<Value>(
    _ path: Substring, in value: Value, member: (Value, Substring) -> Value?
  ) -> Value? {
    if let whole = member(value, path) { return whole }
    var end = path.endIndex
    while let dot = path[..<end].lastIndex(of: ".") {
      if let inner = member(value, path[..<dot]),
        let found = find(path[path.index(after: dot)...], in: inner, member: member)
      {
        return found
      }
      end = dot
    }
    return nil
  }

  /// The bytes of an object's last member of that name.
  private static func member(_ bytes: UnsafeBufferPointer<UInt8>, _ name: Substring) -> UnsafeBufferPointer<UInt8>? {
    guard let start = bytes.firstIndex(where: { $0 > 0x20 }), bytes[start] == UInt8(ascii: "{") else { return nil }
    var walk = JSONWalk(bytes: bytes, offset: start + 1)
    var found: UnsafeBufferPointer<UInt8>?
    while let member = walk.nextMember() {
      let isNamed =
        member.name.utf8.contains(UInt8(ascii: "\\"))
        ? (try? JSONValue(parsing: "\"\(member.name)\""))?.stringValue?.utf8.elementsEqual(name.utf8) ?? false
        : member.name.utf8.elementsEqual(name.utf8)
      if isNamed { found = UnsafeBufferPointer(rebasing: bytes[member.value]) }
    }
    return found
  }
}

/// Collects which mapped columns some JSON objects have.
struct JSONColumnSurvey {
  /// Names that are collected for messages, and how deep into objects.
  private static let (maximumNames, maximumDepth) = (200, 4)

  private let mapping: ColumnMapping
  private var columns = KnownColumns(present: [], names: [])
  private var known: Set<String> = []
  private var hasObject = false

  init(_ mapping: ColumnMapping) { self.mapping = mapping }

  /// nil where nothing so far was an object.
  var result: KnownColumns? { hasObject ? columns : nil }

  mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
    let tolerance: JSONTolerance = [.nonFiniteNumbers, .loneSurrogates]
    guard let value = try? JSONValue(parsing: UnsafeRawBufferPointer(bytes), tolerance: tolerance),
      value.objectValue != nil
    else { return }
    hasObject = true
    let fields = JSONFields.parsed(value)
    for column in mapping.names where !columns.present.contains(column) {
      if (try? fields.value(at: column)) != nil { columns.present.insert(column) }
    }
    addNames(of: value, prefix: "", depth: 0)
  }

  private mutating func addNames(of value: JSONValue, prefix: String, depth: Int) {
    for member in value.objectValue ?? [] where columns.names.count < Self.maximumNames {
      let name = prefix + member.name
      if member.value.objectValue != nil, depth < Self.maximumDepth {
        addNames(of: member.value, prefix: name + ".", depth: depth + 1)
      } else if known.insert(name).inserted {
        columns.names.append(name)
      }
    }
  }
}
