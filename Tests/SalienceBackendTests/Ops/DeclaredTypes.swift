import Foundation
import SalienceTestSupport

/// Types of the sources that adopt a protocol where they are declared, by name.
func declaredTypes(adopting name: String) throws -> Set<String> {
  let sources = Repository.root.appending(path: "Sources")
  let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
  var result = Set<String>()
  while let file = files?.nextObject() as? URL {
    guard file.pathExtension == "swift" else { continue }
    let text = try String(contentsOf: file, encoding: .utf8)
    guard text.contains(name) else { continue }
    for match in text.matches(of: /(?:struct|enum|class|actor|extension)\s+(\w+)\s*:\s*([^{\n]*)\{/) {
      let adopted = match.2.split { !$0.isLetter && !$0.isNumber }.map(String.init)
      if adopted.contains(name) { result.insert(String(match.1)) }
    }
  }
  return result
}
