import Foundation
import SalienceTensors

/// Ops on the rows of models that normalise by their root mean square, gate and rotate, and readouts of all tokens.
extension OpCase {
  static func rows() throws -> [OpCase] {
    try rmsNorm() + groupedRMSNorm() + plainLayerNorm() + gatedActivation() + rotary() + tokenReductions()
      + tokenSoftmax() + columnScaling()
  }

  private static let rowWidths = [8, 20, 64, 100, 768]
  private static let rowBatches = [[1], [3, 1, 17, 8], [300], Array(repeating: 2, count: 19)]

  private static func rmsNorm() throws -> [OpCase] {
    var cases: [OpCase] = []
    for width in rowWidths + [13] {
      let gamma = Parameter("gamma", shape: [width])
      for lengths in rowBatches {
        for (rows, residual) in [(RowExtent.tokens, false), (.tokens, true), (.sequences, false)] {
          cases.append(
            try OpCase("rms_norm\(residual ? "+" : "")", ValueShape(rows, width), lengths: lengths) { plan, x in
              let other = residual ? try plan.activation(.gelu, x) : nil
              return try plan.rmsNorm(x, residual: other, gamma: gamma, epsilon: 1e-6)
            })
        }
      }
    }
    return cases
  }

  /// One group and several, up to the row's end and with columns past them.
  private static func groupedRMSNorm() throws -> [OpCase] {
    var cases: [OpCase] = []
    for (count, size, width) in [(1, 8, 20), (3, 20, 60), (5, 64, 384), (2, 13, 40), (4, 100, 500), (12, 64, 768)] {
      let gamma = Parameter("gamma", shape: [count * size])
      for lengths in rowBatches {
        for (rows, residual) in [(RowExtent.tokens, false), (.tokens, true), (.sequences, false)] {
          cases.append(
            try OpCase(
              "rms_norm\(residual ? "+" : "") of \(count)x\(size)", ValueShape(rows, width), lengths: lengths
            ) { plan, x in
              let other = residual ? try plan.activation(.gelu, x) : nil
              return try plan.rmsNorm(x, residual: other, gamma: gamma, groupSize: size, epsilon: 1e-6)
            })
        }
      }
    }
    return cases
  }

  private static func plainLayerNorm() throws -> [OpCase] {
    try rowWidths.flatMap { width in
      try rowBatches.map { lengths in
        try OpCase("layer_norm without beta", ValueShape(.tokens, width), lengths: lengths) {
          try $0.layerNorm($1, gamma: Parameter("gamma", shape: [width]), beta: nil, epsilon: 1e-5)
        }
      }
    }
  }

  private static func gatedActivation() throws -> [OpCase] {
    var cases: [OpCase] = []
    for width in rowWidths + [13] {
      for lengths in rowBatches {
        for rows in [RowExtent.tokens, .sequences] {
          for function in [ActivationFunction.gelu, .geluTanh, .relu, .tanh, .silu] {
            cases.append(
              try OpCase("gated \(function.rawValue)", ValueShape(rows, 2 * width), lengths: lengths) {
                try $0.gatedActivation(function, $1)
              })
          }
        }
      }
    }
    return cases
  }

  /// One to three factors, of parts that are whole vectors and that are not.
  private static func columnScaling() throws -> [OpCase] {
    var cases: [OpCase] = []
    for (part, factors) in [
      (8, [Float(0.25), 0.25, 0.5]), (13, [0.25, 0.5]), (20, [0.3]), (6, [2, 3, 5]), (256, [1, -2]),
    ] {
      for (rows, lengths) in [(RowExtent.tokens, [3, 1, 17, 8]), (.sequences, [3, 1, 17, 8]), (.tokens, [300])] {
        cases.append(
          try OpCase("columns by \(factors)", ValueShape(rows, part * factors.count), lengths: lengths) {
            try $0.scaleColumns($1, by: factors)
          })
      }
    }
    return cases
  }

  private static func rotary() throws -> [OpCase] {
    var cases: [OpCase] = []
    // Query heads, key heads, head size, rotated columns.
    for (heads, keyHeads, size, rotated) in [
      (1, 1, 8, 8), (4, 2, 20, 20), (4, 1, 16, 16), (3, 3, 64, 64), (6, 2, 100, 100), (2, 1, 12, 8), (12, 4, 64, 64),
      (2, 2, 7, 6), (2, 1, 128, 128), (2, 1, 64, 16),
    ] {
      for (scaling, first) in [(Float(1), 0), (1.25, 4095 - 299)] {
        let embedding = RotaryEmbedding(
          heads: heads, keyHeads: keyHeads, headSize: size, frequencies: frequencies(rotated), scaling: scaling)
        for parts in [HeadParts.all, .query, [.key, .value], .key, .value, [.query, .key]] {
          let queries = parts.contains(.query) ? heads : 0
          let others = [HeadParts.key, .value].filter(parts.contains).count
          let width = (queries + others * keyHeads) * size
          for (lengths, rows) in [
            ([3, 1, 17, 8], RowExtent.tokens), ([3, 1, 17, 8], .sequences), ([300], .tokens), ([1], .tokens),
          ] {
            var rotary = try OpCase(
              "rotary \(heads)/\(keyHeads)x\(rotated)/\(size) \(parts.rawValue)", ValueShape(rows, width),
              lengths: lengths
            ) { try $0.rotary($1, embedding, parts: parts) }
            rotary.firstPosition = first
            rotary.selectedRows = lengths.map { $0 - 1 }
            cases.append(rotary)
          }
        }
      }
    }
    return cases
  }

  /// As Llama's: powers of the base 10,000.
  private static func frequencies(_ size: Int) -> [Float] {
    stride(from: 0, to: size, by: 2).map { 1 / pow(10_000, Float($0) / Float(size)) }
  }

  private static func tokenReductions() throws -> [OpCase] {
    try ([1, 2, 13] + rowWidths).flatMap { width in
      try rowBatches.flatMap { lengths in
        [
          try OpCase("mean_row", ValueShape(.tokens, width), lengths: lengths) { try $0.meanRow($1) },
          try OpCase("maximum_row", ValueShape(.tokens, width), lengths: lengths) { try $0.maximumRow($1) },
        ]
      }
    }
  }

  /// Over all tokens, over most of them, and over those of some sequences alone: others then have no candidate.
  private static func tokenSoftmax() throws -> [OpCase] {
    let kinds: [(String, @Sendable (Int) -> Bool)] = [
      ("all", { _ in true }), ("most", { $0 % 3 != 1 }), ("late", { $0 > 2 }),
    ]
    return try ([1, 2, 13] + rowWidths).flatMap { width in
      try rowBatches.flatMap { lengths in
        try kinds.map { name, isCandidate in
          var softmax = try OpCase("token_softmax of \(name)", ValueShape(.tokens, width), lengths: lengths) {
            try $0.tokenSoftmax($1)
          }
          softmax.isCandidate = isCandidate
          return softmax
        }
      }
    }
  }
}
