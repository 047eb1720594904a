/// A text equal to another only byte by byte, as JSON, tables and other tools compare.
///
/// Swift's `String` counts canonically equivalent texts as equal ("é" and "e" with an accent); a vocabulary may hold
/// both.
public struct ExactText: Hashable, Sendable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
