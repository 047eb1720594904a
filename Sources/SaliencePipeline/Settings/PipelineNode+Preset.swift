import SalienceAttribution

extension PipelineNode {
  /// A method's mapping with a preset's settings where the user says nothing; a key `a.b` counts where a mapping stands
  /// under `a`.
  func filled(with entries: [Preset.Entry], of preset: Preset) -> PipelineNode {
    guard case .mapping(var own) = value else { return self }
    let origin = Origin.option("preset \(preset.rawValue)")
    func fill(_ mapping: inout [Entry], _ key: String, _ text: String) {
      guard !mapping.contains(where: { $0.key == key && !$0.value.isNull }) else { return }
      mapping.append(
        Entry(key: key, origin: origin, value: PipelineNode(value: .scalar(text, plain: true), origin: origin)))
    }
    for (key, text) in entries {
      let keys = key.split(separator: ".").map(String.init)
      if keys.count == 1 {
        fill(&own, key, text)
      } else if let place = own.lastIndex(where: { $0.key == keys[0] }),
        case .mapping(var inner) = own[place].value.value
      {
        fill(&inner, keys[1], text)
        own[place].value.value = .mapping(inner)
      }
    }
    return PipelineNode(value: .mapping(own), origin: self.origin)
  }
}
