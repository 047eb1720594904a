import SalienceJSON

extension Pipeline {
  /// The pipeline with every default filled in, under the names of the pipeline file.
  public var resolved: JSONValue {
    let head: [JSONMember] = [
      JSONMember(name: "name", value: .string(name)),
      JSONMember(name: "models", value: .array(models.map(JSONValue.string))),
    ]
    let rest: JSONValue = [
      "dataset": [
        "path": .array(dataset.paths.map(JSONValue.string)),
        "format": dataset.options.format.map { .string($0.rawValue) } ?? nil,
        "delimiter": dataset.options.delimiter.map { .string(String(Character(Unicode.Scalar($0)))) } ?? nil,
        "quote": dataset.options.quote.map { .string($0 == .plain ? "none" : "\"") } ?? nil,
        "header": dataset.options.header.map { .array($0.map(JSONValue.string)) } ?? nil,
        "columns": [
          "id": dataset.columns.id.map(JSONValue.string) ?? nil,
          "text": .string(dataset.columns.text),
          "text_pair": dataset.columns.textPair.map(JSONValue.string) ?? nil,
          "label": dataset.columns.label.map(JSONValue.string) ?? nil,
          "keep": dataset.columns.keep.isEmpty ? nil : .array(dataset.columns.keep.map(JSONValue.string)),
        ],
        "max_length": dataset.maxLength.map { .integer($0) } ?? nil,
        "over_long": .string(dataset.overLong.rawValue),
      ],
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
    return .object(head + task.members + (rest.objectValue ?? []))
  }
}

extension Pipeline.Method {
  var json: JSONValue {
    var members: [JSONMember] = [
      JSONMember(name: "name", value: .string(name.rawValue)), JSONMember(name: "id", value: .string(id)),
      JSONMember(name: "target", value: target.json), JSONMember(name: "layer", value: .string(layer.text)),
      JSONMember(name: "output", value: .string(output.rawValue)),
      JSONMember(name: "normalize", value: .string(normalize.rawValue)),
    ]
    if name == .gradientTimesInput {
      return .object(members + [JSONMember(name: "reduction", value: .string(reduction.rawValue))])
    }
    switch rule {
    case .fixed(let steps, let quadrature):
      members.append(JSONMember(name: "steps", value: .integer(steps)))
      members.append(JSONMember(name: "quadrature", value: .string(quadrature.rawValue)))
    case .adaptive(let tolerance, let maxSteps):
      members.append(JSONMember(name: "tolerance", value: .double(tolerance)))
      members.append(JSONMember(name: "max_steps", value: .integer(maxSteps)))
    }
    members.append(JSONMember(name: "baseline", value: .string(baseline.text)))
    members.append(JSONMember(name: "keep_special", value: .bool(keepSpecial)))
    if let noise { members.append(JSONMember(name: "noise", value: noise.json)) }
    return .object(members)
  }
}

extension Pipeline.Baseline {
  /// As the pipeline file writes it.
  public var text: String {
    switch self {
    case .pad: "pad"
    case .mask: "mask"
    case .unk: "unk"
    case .zero: "zero"
    case .token(let token): token
    }
  }
}

extension Pipeline.Target {
  var json: JSONValue {
    switch self {
    case .predicted: "predicted"
    case .all: "all"
    case .label: "label"
    case .maximum: "maximum"
    case .class(let name): name.json
    case .contrast(let first, let second): ["contrast": [first.json, second.json]]
    }
  }
}

extension Pipeline.ClassName {
  var json: JSONValue {
    switch self {
    case .name(let name): .string(name)
    case .index(let index): .integer(index)
    }
  }
}

extension Pipeline.Layer {
  /// As the pipeline file writes it.
  public var text: String { description }
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
