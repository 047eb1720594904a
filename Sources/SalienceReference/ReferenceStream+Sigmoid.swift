import Foundation
import SalienceTensors

extension ReferenceStream: SigmoidKernels {
  public func sigmoid(_ x: Handle, output: Handle, derivative: Handle?) throws {
    let input = try values(x)
    try store(input.map { 1 / (1 + exp(-$0)) }, to: output)
    if let derivative { try store(input.map { 1 / (2 + exp($0) + exp(-$0)) }, to: derivative) }
  }
}
