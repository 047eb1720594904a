import SalienceTensors
import Testing

/// An op inside the smallest plan of one input and one output, with a batch to run it on.
struct OpCase: Sendable, CustomTestStringConvertible {
  let name: String
  private(set) var plan: Plan
  var lengths: [Int]
  /// The token that each sequence selects.
  var selectedRows: [Int]
  /// Whether the token at a place of a sequence is a candidate of a softmax over tokens.
  var isCandidate: @Sendable (_ place: Int) -> Bool = { _ in true }
  /// The position of each sequence's first token.
  var firstPosition = 0

  var testDescription: String { "\(name) \(lengths.count > 8 ? "\(lengths.count) sequences" : "\(lengths)")" }

  init(
    _ name: String, _ input: ValueShape, lengths: [Int], _ body: (inout Plan, ValueID) throws -> ValueID
  ) rethrows {
    self.name = "\(name) \(input)"
    self.lengths = lengths
    selectedRows = lengths.map { _ in 0 }
    var plan = Plan()
    let x = plan.input(input)
    plan.result(try body(&plan, x))
    self.plan = plan
  }

  /// The same with float32 operands in products over rows of these extents, whatever the backend's precision.
  func keepingFloat32(_ extents: Set<RowExtent>) -> OpCase {
    var result = self
    result.plan = plan.keepingFloat32(extents)
    return result
  }

  /// Whether operands are rounded to the backend's precision.
  var isRounded: Bool { plan.instructions.contains { $0.operation.product?.isRounded ?? false } }

  /// Sequences of every kind: one token, ragged, a full block, many short ones, one long one.
  static let batches = [[1], [3, 1, 17, 8], [16], Array(repeating: 2, count: 19), [512]]
  static let smallBatches = [[1], [3, 1, 17, 8], [16]]
  static let widths = [8, 13, 48, 96, 768]

  static func all() throws -> [OpCase] {
    try linear() + elementwise() + layerNorm() + softmax() + attention() + selectedRow() + attentionWindows()
      + rows() + disentangledAttention() + headProjections() + multiQueryAttention() + lookups() + partnerRows()
  }

  private static func linear() throws -> [OpCase] {
    var cases: [OpCase] = []
    for (input, output) in [(8, 8), (13, 7), (48, 144), (768, 96), (96, 768), (32, 93)] {
      for rows in [RowExtent.tokens, .sequences] {
        for lengths in smallBatches {
          cases.append(
            try OpCase("linear to \(output)", ValueShape(rows, input), lengths: lengths) { plan, x in
              try plan.linear(
                x, weight: Parameter("weight", shape: [output, input]), bias: Parameter("bias", shape: [output]))
            })
        }
      }
      // Gradients meet in a sum and in a product, which fold into the matrix product.
      cases.append(
        try OpCase("fused add", ValueShape(.tokens, input), lengths: [5, 9]) { plan, x in
          try plan.add(x, plan.linear(x, weight: Parameter("square", shape: [input, input]), bias: nil))
        })
      cases.append(
        try OpCase("fused multiply", ValueShape(.tokens, input), lengths: [5, 9]) { plan, x in
          let inner = try plan.linear(x, weight: Parameter("in", shape: [output, input]), bias: nil)
          let bent = try plan.activation(.gelu, inner)
          return try plan.linear(bent, weight: Parameter("out", shape: [input, output]), bias: nil)
        })
      // One row of several whose operands were rounded, in products whose operands are not.
      cases.append(
        try OpCase("float32 after rounding", ValueShape(.tokens, input), lengths: [5, 9]) { plan, x in
          let inner = try plan.linear(x, weight: Parameter("in", shape: [output, input]), bias: nil)
          let row = try plan.activation(.gelu, plan.selectedRow(inner))
          return try plan.linear(row, weight: Parameter("out", shape: [input, output]), bias: nil)
        }.keepingFloat32([.sequences]))
    }
    cases += cases.filter(\.isRounded).filter { $0.lengths.count > 1 }.map { $0.keepingFloat32([.tokens, .sequences]) }
    // Not ReLU, whose slope near 0 is another one for every rounding of the product.
    for function in [ActivationFunction.gelu, .geluTanh, .tanh, .silu] {
      for (rows, output) in [(RowExtent.tokens, 40), (.sequences, 13)] {
        cases.append(
          try OpCase("linear and \(function.rawValue)", ValueShape(rows, 24), lengths: [3, 1, 17, 8]) { plan, x in
            let weight = Parameter("weight", shape: [output, 24])
            return try plan.activation(
              function, plan.linear(x, weight: weight, bias: Parameter("bias", shape: [output])))
          })
      }
    }
    return cases
  }

  private static func elementwise() throws -> [OpCase] {
    var cases: [OpCase] = []
    for width in widths {
      for lengths in batches {
        for function in [ActivationFunction.gelu, .geluTanh, .relu, .tanh, .silu] {
          cases.append(
            try OpCase(function.rawValue, ValueShape(.tokens, width), lengths: lengths) {
              try $0.activation(function, $1)
            })
        }
        cases.append(
          try OpCase("sigmoid", ValueShape(.tokens, width), lengths: lengths) { try $0.sigmoid($1) })
        cases.append(
          try OpCase("add", ValueShape(.tokens, width), lengths: lengths) { try $0.add($0.activation(.tanh, $1), $1) })
        cases.append(
          try OpCase("multiply", ValueShape(.tokens, width), lengths: lengths) {
            try $0.multiply($0.activation(.tanh, $1), $1)
          })
      }
    }
    return cases
  }

  private static func layerNorm() throws -> [OpCase] {
    var cases: [OpCase] = []
    for width in widths {
      for lengths in batches {
        for residual in [false, true] {
          let (gamma, beta) = (Parameter("gamma", shape: [width]), Parameter("beta", shape: [width]))
          cases.append(
            try OpCase("layer_norm\(residual ? "+" : "")", ValueShape(.tokens, width), lengths: lengths) { plan, x in
              let other = residual ? try plan.activation(.gelu, x) : nil
              return try plan.layerNorm(x, residual: other, gamma: gamma, beta: beta, epsilon: 1e-12)
            })
        }
      }
    }
    return cases
  }

  private static func softmax() throws -> [OpCase] {
    try widths.flatMap { width in
      try [RowExtent.tokens, .sequences].flatMap { rows in
        try batches.flatMap { lengths in
          [
            try OpCase("softmax", ValueShape(rows, width), lengths: lengths) { try $0.softmax($1) },
            try OpCase("log_softmax", ValueShape(rows, width), lengths: lengths) { try $0.logSoftmax($1) },
          ]
        }
      }
    }
  }

  private static func attention() throws -> [OpCase] {
    var cases: [OpCase] = []
    for (heads, size) in [(1, 8), (2, 16), (4, 12), (3, 7), (2, 64), (1, 80), (1, 128)] {
      for lengths in heads == 2 ? batches : smallBatches {
        let (width, scale) = (heads * size, 1 / Float(size).squareRoot())
        cases.append(
          try OpCase("attention \(heads)x\(size)", ValueShape(.tokens, 3 * width), lengths: lengths) {
            try $0.attention($1, heads: heads, scale: scale)
          })
        cases.append(
          try OpCase("attention_selected \(heads)x\(size)", ValueShape(.tokens, width), lengths: lengths) { plan, x in
            let query = try plan.linear(
              plan.selectedRow(x), weight: Parameter("query", shape: [width, width]), bias: nil)
            let keysValues = try plan.linear(
              x, weight: Parameter("keysValues", shape: [2 * width, width]), bias: nil)
            return try plan.selectedRowAttention(query: query, keysValues: keysValues, heads: heads, scale: scale)
          })
      }
    }
    return cases
  }

  private static func selectedRow() throws -> [OpCase] {
    try widths.flatMap { width in
      try batches.map { lengths in
        try OpCase("selected_row", ValueShape(.tokens, width), lengths: lengths) { try $0.selectedRow($1) }
      }
    }
  }
}
