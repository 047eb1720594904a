import SalienceTensors

extension KernelProblem {
  /// An activation and its derivative between -6 and 6, over more elements than a group has.
  init?(activation kernel: Kernel) {
    guard kernel.constants.count == 4, let f = ActivationFunction(constant: kernel.constants[2]) else { return nil }
    let rows = Rows(kernel)
    let x = Self.numbers(rows.count, seed: 6).map { 6 * $0 }
    let inputs = x.map(Double.init)
    self.init(
      kernel: kernel,
      buffers: [Self.words(x), Self.blank(x.count), Self.blank(x.count), [UInt32(Rows.height)]],
      push: rows.push, groups: rows.groups(ofInvocations: Rows.height * rows.units),
      results: [Result(name: "value", binding: 1, expected: inputs.map(f.value))]
        + (kernel.constants[3] != 0
          ? [Result(name: "derivative", binding: 2, expected: inputs.map(f.slope))] : []))
  }

  /// Rows longer than their lanes take at once, with what the gradient will want of them.
  init?(layerNorm kernel: Kernel) {
    guard kernel.constants.count == 7 else { return nil }
    let (hasResidual, savesRows) = (kernel.constants[3] != 0, kernel.constants[4] != 0)
    let (savesDeviation, hasBeta) = (kernel.constants[5] != 0, kernel.constants[6] != 0)
    let rows = Rows(kernel)
    let reference = LayerNormReference(width: rows.width, hasResidual: hasResidual, hasBeta: hasBeta)
    self.init(
      kernel: kernel,
      buffers: [
        Self.words(reference.x), Self.words(reference.residual), Self.words(reference.gamma),
        Self.words(reference.beta), Self.blank(rows.count), Self.blank(rows.count), Self.blank(Rows.height),
        [UInt32(Rows.height)],
      ],
      push: rows.push + [Float(rows.width).bitPattern, LayerNormReference.epsilon.bitPattern],
      groups: rows.groups(ofInvocations: Rows.height * Int(kernel.constants[2])),
      results: [Result(name: "value", binding: 4, expected: reference.output)]
        + (savesRows ? [Result(name: "normalised row", binding: 5, expected: reference.normalized)] : [])
        + (savesDeviation
          ? [Result(name: "inverse deviation", binding: 6, expected: reference.inverseDeviation)] : []))
  }

  init?(layerNormGradient kernel: Kernel) {
    guard kernel.constants.count == 4 else { return nil }
    let rows = Rows(kernel)
    let reference = LayerNormReference(width: rows.width, hasResidual: true, hasBeta: true)
    let holdsDeviation = kernel.constants[3] != 0
    self.init(
      kernel: kernel,
      buffers: [
        Self.words(reference.outputGradient), Self.words(reference.normalized.map(Float.init)),
        Self.words(reference.inverseDeviation.map(Float.init)), Self.words(reference.gamma), Self.blank(rows.count),
        [UInt32(Rows.height)],
      ],
      push: rows.push + [Float(rows.width).bitPattern],
      groups: rows.groups(ofInvocations: Rows.height * Int(kernel.constants[2])),
      results: [
        Result(name: "gradient", binding: 4, expected: holdsDeviation ? reference.heldGradient : reference.gradient)
      ])
  }
}

/// The rows of a problem for a kernel that works row by row, whose constants begin with its group and `VECTOR`.
private struct Rows {
  /// More than a group of the usual size works on.
  static let height = 5
  let width: Int
  /// Of a row.
  let units: Int
  private let group: Int

  init(_ kernel: Kernel) {
    let isVector = kernel.constants[1] != 0
    width = isVector ? 140 : 139
    units = isVector ? width / 4 : width
    group = Int(kernel.constants[0])
  }

  var count: Int { Self.height * width }
  /// Entry of the counts, and units of a row.
  var push: [UInt32] { [0, UInt32(units)] }

  func groups(ofInvocations count: Int) -> (Int, Int, Int) { ((count + group - 1) / group, 1, 1) }
}

/// Layer norm and its gradient in float64, over numbers of its own.
private struct LayerNormReference {
  static let epsilon: Float = 1e-5
  let x: [Float]
  let residual: [Float]
  let gamma: [Float]
  let beta: [Float]
  let outputGradient: [Float]
  private(set) var output: [Double] = []
  private(set) var normalized: [Double] = []
  /// One per row.
  private(set) var inverseDeviation: [Double] = []
  private(set) var gradient: [Double] = []
  /// With the deviation held.
  private(set) var heldGradient: [Double] = []

  init(width: Int, hasResidual: Bool, hasBeta: Bool) {
    let count = Rows.height * width
    x = KernelProblem.numbers(count, seed: 7)
    residual = KernelProblem.numbers(count, seed: 8)
    gamma = KernelProblem.numbers(width, seed: 9).map { $0 + 2 }
    beta = KernelProblem.numbers(width, seed: 10)
    outputGradient = KernelProblem.numbers(count, seed: 11)
    for row in 0..<Rows.height { add(row * width..<(row + 1) * width, hasResidual: hasResidual, hasBeta: hasBeta) }
  }

  private mutating func add(_ row: Range<Int>, hasResidual: Bool, hasBeta: Bool) {
    let sums = row.map { Double(x[$0]) + (hasResidual ? Double(residual[$0]) : 0) }
    let count = Double(row.count)
    let mean = sums.reduce(0, +) / count
    let variance = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let r = 1 / (variance + Double(Self.epsilon)).squareRoot()
    let own = sums.map { ($0 - mean) * r }
    let slopes = zip(row, gamma).map { Double(outputGradient[$0]) * Double($1) }
    let slope = slopes.reduce(0, +) / count
    let projection = zip(slopes, own).reduce(0) { $0 + $1.0 * $1.1 } / count
    inverseDeviation.append(r)
    normalized += own
    output += own.indices.map { own[$0] * Double(gamma[$0]) + (hasBeta ? Double(beta[$0]) : 0) }
    gradient += own.indices.map { r * (slopes[$0] - slope - own[$0] * projection) }
    heldGradient += slopes.map { r * ($0 - slope) }
  }
}
