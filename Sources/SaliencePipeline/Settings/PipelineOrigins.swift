/// Where each key of a pipeline was written, for messages that are due only when a model is known.
public struct PipelineOrigins: Sendable, Equatable {
  private var places: [String: String] = [:]

  init(_ root: PipelineNode) { add(root, path: "") }

  private mutating func add(_ node: PipelineNode, path: String) {
    places[path] = node.origin.description
    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    switch node.value {
    case .mapping(let entries): for entry in entries { add(entry.value, path: below(entry.key)) }
    case .sequence(let elements):
      for (index, element) in elements.enumerated() { add(element, path: below("\(index)")) }
    case .null, .scalar: break
    }
  }

  /// `FILE:LINE`, or an option as it was typed.
  ///
  /// - Parameter path: keys and list positions with dots between them; where a key is left to its default, the place of
  ///   what it belongs to.
  public func place(of path: String) -> String {
    var keys = path.split(separator: ".")
    while !keys.isEmpty {
      if let place = places[keys.joined(separator: ".")] { return place }
      keys.removeLast()
    }
    return places[""] ?? path
  }

  /// Whether a key was written, in the file or as an option.
  public func hasKey(_ path: String) -> Bool { places[path] != nil }

  /// Two pipelines are the same wherever their keys were written.
  public static func == (_: PipelineOrigins, _: PipelineOrigins) -> Bool { true }
}
