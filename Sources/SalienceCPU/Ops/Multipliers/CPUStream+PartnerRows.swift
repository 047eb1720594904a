import SalienceTensors

extension CPUStream: PartnerRowsKernels {
  func partnerRows(_ x: Handle, output: Handle) throws {
    let (input, target, width) = (try pointer(x), try pointer(output), try size(output).width)
    guard let extent = try view(output).shape?.rows else { throw TensorError(.backend, "an allocation has no rows") }
    for (row, partner) in batch.partners(extent).enumerated() {
      if let partner {
        (target + row * width).update(from: input + partner * width, count: width)
      } else {
        (target + row * width).update(repeating: 0, count: width)
      }
    }
  }
}
