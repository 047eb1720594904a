import SalienceDatasets
import SalienceFoundation

extension Pipeline.Method {
  /// Reads a method's settings from options of the command line, with the pipeline file's names, checks and defaults.
  ///
  /// - Parameter options: each with the path of one setting, `steps` for one.
  /// - Throws: `PipelineError.usage` naming the option as it was typed.
  public init(name: String, options: [PipelineOverride]) throws {
    let option = "--method \(name)"
    var node = PipelineNode(value: .mapping([]), origin: .option(option))
    try node.apply(PipelineOverride(option: option, path: "name", values: [name]))
    for option in options { try node.apply(option) }
    self = try PipelineFile.method(node, path: "", columns: ColumnMapping(text: "text", label: "label"))
  }
}

extension Pipeline.Precision {
  /// Reads the argument of `--precision`; f32 where it is not given.
  ///
  /// - Throws: `PipelineError.usage` naming the option.
  public init(option: String?) throws {
    guard let option else {
      self = .f32
      return
    }
    let node = PipelineNode(value: .scalar(option, plain: true), origin: .option("--precision \(option)"))
    self = try MappingDecoder.choice(node, path: "precision", Self.self)
  }
}

extension Pipeline.Device {
  /// As the pipeline file and `--device` write it: `auto`, `cpu`, `vulkan`, `vulkan:N` or `vulkan:UUID`; nil for
  /// anything else.
  public init?(_ text: String) {
    switch text {
    case "auto": self = .auto
    case "cpu": self = .cpu
    case "vulkan": self = .vulkan(nil)
    default:
      guard text.hasPrefix("vulkan:") else { return nil }
      let choice = text.dropFirst("vulkan:".count)
      if let index = Int(choice), index >= 0 {
        self = .vulkan(index)
      } else if choice.filter({ $0 != "-" }).count == 32, choice.allSatisfy({ $0.isHexDigit || $0 == "-" }) {
        self = .vulkanUUID(choice.lowercased())
      } else {
        return nil
      }
    }
  }

  /// What there is to choose from, for a message about `text`, which is none of it.
  public static func choices(insteadOf text: String) -> String {
    let hint = NearestName.hint(for: text, among: ["auto", "cpu", "vulkan"])
    return "must be auto, cpu, vulkan, vulkan:N or vulkan:UUID, not '\(text)'\(hint)"
  }
}
