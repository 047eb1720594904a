import SalienceJSON

extension ActivationFactors {
  /// For people: the top tokens of each component.
  public var text: [String] {
    models.flatMap { model in
      [
        "\(model.name)  \(model.method)  \(model.tokens) tokens, \(model.units) units, \(model.iterations) iterations, "
          + "error \(Self.short(model.error))"
      ].map(TerminalText.visible)
        + model.components.enumerated().map { index, component in
          let tokens = component.tokens.map { "\(TerminalText.visible($0.token)) \(Self.short($0.weight))" }
          return "  \(index)  \(tokens.joined(separator: "  "))"
        }
    }
  }

  /// For programs.
  public var json: JSONValue {
    .array(
      models.map { model in
        [
          "model": .string(model.name), "method": .string(model.method), "tokens": .integer(model.tokens),
          "units": .integer(model.units), "iterations": .integer(model.iterations), "error": .double(model.error),
          "components": .array(
            model.components.map { component in
              [
                "tokens": .array(
                  component.tokens.map {
                    ["token": .string($0.token), "weight": .double($0.weight), "occurrences": .integer($0.occurrences)]
                  }),
                "units": .array(
                  component.units.map {
                    [
                      "layer": .integer(Int($0.layer)), "unit": .integer(Int($0.unit)), "weight": .double($0.weight),
                    ]
                  }),
              ]
            }),
        ]
      })
  }

  /// Three digits after the point.
  private static func short(_ value: Double) -> String {
    guard abs(value) < 1e6 else { return "\(value)" }
    let scaled = Int((abs(value) * 1000).rounded())
    let fraction = "\(1000 + scaled % 1000)".dropFirst()
    return "\(value < 0 ? "-" : "")\(scaled / 1000).\(fraction)"
  }
}
