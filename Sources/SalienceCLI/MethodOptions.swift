import ArgumentParser
import SalienceAttribution
import SalienceDatasets
import SalienceFoundation
import SaliencePipeline

/// The options of a command that name one method and its settings, each as the method declares it.
struct MethodOptions: ParsableArguments {
  @Option(help: .init(stringLiteral: MethodReference.methods)) var method = MethodRegistry.names[0]
  @Option(help: .init(stringLiteral: MethodReference.presets)) var preset: String?
  @Option(parsing: .unconditional, help: Self.help("target")) var target: String?
  @Option(parsing: .upToNextOption, help: "Two classes or tokens, A B: why A rather than B.")
  var contrast: [String] = []
  @Option(help: Self.help("steps")) var steps: String?
  @Option(help: Self.help("quadrature")) var quadrature: String?
  @Option(help: Self.help("tolerance")) var tolerance: String?
  @Option(help: Self.help("max_steps")) var maxSteps: String?
  @Option(help: Self.help("baseline")) var baseline: String?
  @Option(help: Self.help("keep_special")) var keepSpecial: String?
  @Option(help: Self.help("normalize")) var normalize: String?
  @Option(help: Self.help("layer")) var layer: String?
  @Option(help: Self.help("output")) var output: String?
  @Option(help: Self.help("reduction")) var reduction: String?
  @Option(help: Self.help("noise.kind")) var noiseKind: String?
  @Option(help: Self.help("noise.samples")) var noiseSamples: String?
  @Option(help: Self.help("noise.deviation")) var noiseDeviation: String?
  @Option(help: Self.help("noise.seed")) var noiseSeed: String?

  func validate() throws {
    guard contrast.isEmpty || contrast.count == 2 else {
      throw ValidationError("--contrast takes two classes or tokens, and stands after the text")
    }
    guard contrast.isEmpty || target == nil else { throw ValidationError("--contrast and --target exclude each other") }
  }

  /// The options under their names in a pipeline file.
  private var options: [(key: String, value: String?)] {
    [
      ("preset", preset), ("steps", steps), ("quadrature", quadrature), ("tolerance", tolerance),
      ("max_steps", maxSteps),
      ("baseline", baseline), ("keep_special", keepSpecial), ("normalize", normalize), ("target", target),
      ("layer", layer), ("output", output), ("reduction", reduction), ("noise.kind", noiseKind),
      ("noise.samples", noiseSamples), ("noise.deviation", noiseDeviation), ("noise.seed", noiseSeed),
    ]
  }

  /// A setting as it was typed.
  func typed(_ key: String) -> String {
    if key == "target", !contrast.isEmpty { return "--contrast \(contrast.joined(separator: " "))" }
    let option = Self.option(key)
    return options.first { $0.key == key }.flatMap { $0.value.map { "\(option) \($0)" } } ?? option
  }

  /// The method with its settings.
  ///
  /// - Parameter settings: the arguments of `--set`, of which those of methods are read.
  /// - Throws: `PipelineError.usage` naming the option as it was typed.
  func read(settings: [String]) throws -> Pipeline.Method {
    guard MethodRegistry.type(named: method) != nil else {
      let names = MethodRegistry.names
      throw PipelineError(
        .usage,
        "no method '\(method)': known are \(names.joined(separator: ", "))\(NearestName.hint(for: method, among: names))",
        at: "--method \(method)")
    }
    var overrides: [PipelineOverride] = options.compactMap { key, value in
      value.map { PipelineOverride(option: typed(key), path: key, values: [$0]) }
    }
    for override in try settings.map(PipelineOverride.init(set:)) where Self.isSetting(override) {
      let key = override.path.first == "methods" ? override.path.last ?? "" : override.path[0]
      if override.path.first == "methods" || options.contains(where: { $0.key.split(separator: ".")[0] == key }) {
        throw PipelineError(.usage, "is an option of its own here: \(Self.option(key))", at: override.option)
      }
      overrides.append(override)
    }
    if !contrast.isEmpty {
      overrides.append(PipelineOverride(option: typed("target"), path: "target.contrast", values: contrast))
    }
    let method = try Pipeline.Method(name: method, options: overrides)
    if method.method.target == .label {
      throw PipelineError(.usage, "a single text has no label: name its class", at: typed("target"))
    }
    return method
  }

  /// Whether an argument of `--set` is about a method and not about the task.
  static func isSetting(_ override: PipelineOverride) -> Bool {
    override.path.first == "methods" || MethodRegistry.settings.contains { $0.key == override.path.first }
  }

  private static func option(_ key: String) -> String {
    "--\(key.replacing(".", with: "-").replacing("_", with: "-"))"
  }

  private static func help(_ key: String) -> ArgumentHelp { .init(stringLiteral: MethodReference.help(key)) }
}
