import Foundation
import SalienceCheckpoints
import SalienceTensors

/// A checkpoint's tensors as those of a model that has learnt nothing: matrices of normal numbers, biases of zeros, norms
/// as they are.
///
/// The numbers follow from the tensor's stored name and the seed, so that tables that are tied stay so.
struct ReinitialisedParameters: ParameterSource {
  private let source: PrefixedParameters
  private let seed: UInt64
  private let deviation: Double

  /// - Parameter deviation: of the normal numbers; transformers' usual `initializer_range` unless given.
  init(_ source: PrefixedParameters, seed: UInt64, deviation: Double = 0.02) {
    self.source = source
    self.seed = seed
    self.deviation = deviation
  }

  func shape(of name: String) -> [Int]? { source.shape(of: name) }

  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    let isMatrix = (source.shape(of: name)?.count ?? 0) > 1
    guard isMatrix || name.hasSuffix(".bias") else { return try source.read(name, into: destination) }
    guard isMatrix else {
      destination.update(repeating: 0)
      return
    }
    let stored = source.storedName(of: name) ?? name
    let key = SampleSeeds(ids: [], typeIDs: [], method: stored, seed: seed)[0]
    let words = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    for start in stride(from: 0, to: destination.count, by: 4) {
      let block = start / 4
      let drawn = Philox.words(
        counter: SIMD4(UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0), key: words)
      for lane in 0..<min(4, destination.count - start) {
        // Box and Muller's pairs: the logarithm's argument is above 0.
        let radius = (-2 * log((Double(drawn[lane & 2]) + 1) * 0x1p-32)).squareRoot()
        let angle = 2 * Double.pi * Double(drawn[lane | 1]) * 0x1p-32
        let normal = radius * (lane & 1 == 0 ? cos(angle) : sin(angle))
        destination[start + lane] = Float(deviation * normal)
      }
    }
  }
}
