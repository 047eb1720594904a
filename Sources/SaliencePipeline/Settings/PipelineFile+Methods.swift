import SalienceAttribution
import SalienceDatasets
import SalienceFoundation

extension PipelineFile {
  /// Reads the list of methods, or the one method that stands for a list.
  ///
  /// - Parameter columns: of the dataset.
  static func methods(_ top: MappingDecoder, columns: ColumnMapping) throws -> [Pipeline.Method] {
    _ = try top.required("methods")
    let nodes = top.list("methods") ?? []
    guard !nodes.isEmpty else { throw top.fault("methods", "must name at least one method") }
    var methods: [Pipeline.Method] = []
    for (index, node) in nodes.enumerated() {
      let method = try method(node, path: "methods.\(index)", columns: columns)
      if methods.contains(where: { $0.id == method.id }) {
        throw PipelineError(
          .usage, "two methods have the id '\(method.id)'; give each its own 'id'", at: node.origin.description)
      }
      methods.append(method)
    }
    return methods
  }

  /// Reads one method, whose own settings it reads itself.
  static func method(_ node: PipelineNode, path: String, columns: ColumnMapping) throws -> Pipeline.Method {
    let keys = ["name", "id", "preset"] + MethodRegistry.settings.map(\.key)
    var mapping = try MappingDecoder(node, path: path, keys: keys)
    let name = try MappingDecoder.string(try mapping.required("name"), path: mapping.name("name"))
    guard let type = MethodRegistry.type(named: name) else {
      let names = MethodRegistry.names
      let hint = NearestName.hint(for: name, among: names)
      throw mapping.fault(
        "name",
        "must be one of \(names.joined(separator: ", ")), not '\(name)'\(hint)"
      )
    }
    let own = type.settings.map(\.key)
    for setting in MethodRegistry.settings where !own.contains(setting.key) && mapping.has(setting.key) {
      throw mapping.fault(setting.key, "is no setting of \(name)")
    }
    let id = try mapping.string("id") ?? name
    guard isIdentifier(id) else {
      throw mapping.fault("id", "must be letters, digits, '-', '_' and '.', beginning with a letter or a digit")
    }
    if let preset = try mapping.choice("preset", Preset.self) {
      guard let entries = preset.entries(of: name) else {
        throw mapping.fault(
          "preset",
          "is \(preset.rawValue), which has no \(name) that comes out the same, but "
            + preset.methods.joined(separator: ", "))
      }
      mapping = try MappingDecoder(node.filled(with: entries, of: preset), path: path, keys: keys)
    }
    let method = try MethodRegistry.method(type, id: id, settings: mapping)
    if (method as? any FeatureMethod)?.settings.features == .spans, columns.spans == nil {
      throw mapping.fault("features", "is spans, for which 'dataset.columns.spans' must name the column of spans")
    }
    if method.target == .label, columns.label == nil {
      throw mapping.fault("target", "is label, for which 'dataset.columns.label' must name the column of labels")
    }
    return Pipeline.Method(name: name, method: method)
  }

  /// Ids become names of columns and files in reports.
  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): true
      default: false
      }
    }
    return isAlphanumeric(first) && text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
  }
}
