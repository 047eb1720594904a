import SalienceJSON

extension Pipeline {
  /// The pipeline with every default filled in, under the names of the pipeline file.
  public var resolved: JSONValue {
    let head: [JSONMember] = [
      JSONMember(name: "name", value: .string(name)),
      JSONMember(name: "models", value: .array(models.map(JSONValue.string))),
    ]
    let rest: JSONValue = [
      "dataset": dataset.json,
      "methods": .array(methods.map(\.json)),
      "device": .string(device.text),
      "precision": .string(precision.rawValue),
      "output": [
        "directory": .string(output.directory),
        "formats": .array(output.formats.map { .string($0.rawValue) }),
        "compression": .string(output.compression.rawValue),
        "text": .bool(output.text),
        "words": output.words.map { .string($0.rawValue) } ?? nil,
      ],
      "max_bad_rows": .string(maxBadRows.text),
    ]
    let measured = faithfulness.map { [JSONMember(name: "faithfulness", value: $0.json)] } ?? []
    let automatic = auto.map { [JSONMember(name: "auto", value: $0.json)] } ?? []
    let influence = influence.map { [JSONMember(name: "influence", value: $0.json)] } ?? []
    return .object(head + task.members + (rest.objectValue ?? []) + measured + influence + automatic)
  }
}

extension Pipeline.Dataset {
  /// Under the names of the pipeline file.
  var json: JSONValue {
    // Keys that came later are left out where they are not used: what a run's numbers depend on is then what it was.
    let later = [("rationale", columns.rationale), ("spans", columns.spans)]
      .compactMap { name, column in column.map { JSONMember(name: name, value: .string($0)) } }
    let known: JSONValue = [
      "id": columns.id.map(JSONValue.string) ?? nil,
      "text": .string(columns.text),
      "text_pair": columns.textPair.map(JSONValue.string) ?? nil,
      "label": columns.label.map(JSONValue.string) ?? nil,
      "keep": columns.keep.isEmpty ? nil : .array(columns.keep.map(JSONValue.string)),
    ]
    return [
      "path": .array(paths.map(JSONValue.string)),
      "format": options.format.map { .string($0.rawValue) } ?? nil,
      "delimiter": options.delimiter.map { .string(String(Character(Unicode.Scalar($0)))) } ?? nil,
      "quote": options.quote.map { .string($0 == .plain ? "none" : "\"") } ?? nil,
      "header": options.header.map { .array($0.map(JSONValue.string)) } ?? nil,
      "columns": .object((known.objectValue ?? []) + later),
      "max_length": maxLength.map { .integer($0) } ?? nil,
      "over_long": .string(overLong.rawValue),
    ]
  }
}

extension Pipeline.Method {
  var json: JSONValue {
    let head = [JSONMember(name: "name", value: .string(name)), JSONMember(name: "id", value: .string(id))]
    return .object(head + method.values)
  }
}

extension Pipeline {
  /// The user's seed of each method that draws random numbers, under the method's id.
  public var seeds: JSONValue {
    .object(
      methods.compactMap { method in
        method.method.randomSeed.map { JSONMember(name: method.id, value: .integer($0)) }
      })
  }
}

extension Pipeline.Device {
  /// As the pipeline file writes it.
  public var text: String {
    switch self {
    case .auto: "auto"
    case .cpu: "cpu"
    case .vulkan(nil): "vulkan"
    case .vulkan(let index?): "vulkan:\(index)"
    case .vulkanUUID(let uuid): "vulkan:\(uuid)"
    }
  }
}
