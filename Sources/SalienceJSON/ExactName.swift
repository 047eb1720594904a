/// A member's name compared by its bytes.
///
/// Swift's `String` counts canonically equivalent texts as equal ("é" and "e" with an accent), which JSON does not:
/// a vocabulary may hold both.
struct ExactName: Hashable {
  let text: String

  static func == (left: ExactName, right: ExactName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
