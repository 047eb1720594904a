import Foundation
import SalienceCheckpoints
import SalienceTensors

extension ModelConfiguration {
  /// A token's id; nil where there is none.
  func tokenID(_ key: String, default standard: Int? = nil) throws -> Int? {
    value(key) == nil ? standard : try integer(key)
  }

  /// Refuses an option that changes the model and is not implemented.
  func refuse(_ key: String) throws {
    guard try !boolean(key, default: false) else {
      throw ModelError(.unsupported, "\(key) true is not supported", file: file)
    }
  }

  /// Frequencies of rotary positions [D / 2] (arXiv 2104.09864), as transformers computes them.
  ///
  /// They stand in `rope_parameters`, or in `rope_theta` and `rope_scaling`.
  func rotaryFrequencies(headSize: Int) throws -> [Float] {
    let settings = try rotarySettings()
    let theta = try settings.number("rope_theta", default: number("rope_theta", default: 10_000))
    guard theta > 0, headSize % 2 == 0 else {
      throw ModelError(.invalid, "rotary positions need heads of an even size and a rope_theta above 0", file: file)
    }
    let partial = try settings.number("partial_rotary_factor", default: number("partial_rotary_factor", default: 1))
    guard partial == 1 else {
      throw ModelError(.unsupported, "partial_rotary_factor \(partial) is not supported", file: file)
    }
    let frequencies = stride(from: 0, to: headSize, by: 2).map { pow(theta, -Double($0) / Double(headSize)) }
    let kind = try settings.string("rope_type", "type", default: "default")
    switch kind {
    case "default": return frequencies.map { Float($0) }
    case "linear":
      let factor = try settings.number("factor")
      return frequencies.map { Float($0 / factor) }
    case "llama3": return try llama3(frequencies, settings)
    default:
      throw ModelError(
        .unsupported, "rope_type '\(kind)' is not supported; supported are default, linear, llama3", file: file)
    }
  }

  private func rotarySettings() throws -> ModelConfiguration {
    let none = try ModelConfiguration(json: [:], file: file)
    let found = ["rope_scaling", "rope_parameters"].compactMap { value($0) }.first { $0.objectValue?.isEmpty != true }
    guard let found else { return none }
    guard let members = found.objectValue, !members.contains(where: { $0.value.objectValue != nil }) else {
      throw ModelError(.unsupported, "rope_parameters that differ between layers are not supported", file: file)
    }
    return try ModelConfiguration(json: found, file: file)
  }

  /// Llama 3.1's: long waves are slowed down by a factor, short ones kept, and those between blended.
  private func llama3(_ frequencies: [Double], _ settings: ModelConfiguration) throws -> [Float] {
    let (factor, low) = (try settings.number("factor"), try settings.number("low_freq_factor"))
    let high = try settings.number("high_freq_factor")
    let inside = try settings.number(
      "original_max_position_embeddings", default: number("max_position_embeddings"))
    let length = try number("original_max_position_embeddings", default: inside)
    guard high > low, low > 0, factor > 0 else {
      throw ModelError(.invalid, "high_freq_factor must be above low_freq_factor, and both above 0", file: file)
    }
    return frequencies.map { frequency in
      let wave = 2 * Double.pi / frequency
      if wave > length / low { return Float(frequency / factor) }
      if wave < length / high { return Float(frequency) }
      let share = (length / wave - low) / (high - low)
      return Float((1 - share) * frequency / factor + share * frequency)
    }
  }

  /// Windows of each layer's attention: the last `sliding_window` tokens in the layers that slide, where
  /// `use_sliding_window` says so.
  func slidingWindows(layerCount: Int) throws -> [AttentionWindow] {
    let usesWindow = try boolean("use_sliding_window", default: false)
    guard usesWindow, value("sliding_window") != nil else { return Array(repeating: .causal, count: layerCount) }
    let window = AttentionWindow(before: try size("sliding_window", upTo: SizeLimit.window) - 1, after: 0)
    guard let types = value("layer_types") else {
      let first = try integer("max_window_layers", default: 28)
      return (0..<layerCount).map { $0 >= first ? window : .causal }
    }
    let names = types.arrayValue?.compactMap(\.stringValue) ?? []
    guard names.count == layerCount else {
      throw ModelError(.invalid, "layer_types must name each of the \(layerCount) layers", file: file)
    }
    return try names.map { name in
      switch name {
      case "full_attention": return .causal
      case "sliding_attention": return window
      default: throw ModelError(.unsupported, "layer type '\(name)' is not supported", file: file)
      }
    }
  }
}
