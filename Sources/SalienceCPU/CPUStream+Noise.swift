import SalienceTensors

extension CPUStream: NoiseKernels {
  // Noise is a vanishing part of the work of the evaluations that it leads to: plain loops do.

  func addNoise(_ rows: [NoisyRows], to buffer: Handle, width: Int) throws {
    let end = rows.map { $0.row + $0.tokenCount }.max() ?? 0
    let values = UnsafeMutableBufferPointer(start: try pointer(buffer), count: end * width)
    for entry in rows { entry.add(to: values, width: width) }
  }

  func reduceSamples(
    _ examples: [SampleRows], input: Handle, baseline: Handle, gradient: Handle, width: Int
  ) throws -> PathScores {
    let (x, b, g) = (try pointer(input), try pointer(baseline), try pointer(gradient))
    return PathScores(examples.map { $0.reduce(input: x, baseline: b, gradient: g, width: width) })
  }
}
