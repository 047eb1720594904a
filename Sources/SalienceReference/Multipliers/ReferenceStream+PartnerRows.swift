import SalienceTensors

extension ReferenceStream: PartnerRowsKernels {
  public func partnerRows(_ x: Handle, output: Handle) throws {
    let (input, width) = (try values(x), try size(output).width)
    guard let extent = try view(output).shape?.rows else { throw TensorError(.backend, "an allocation has no rows") }
    try store(
      batch.partners(extent).flatMap { row in
        row.map { Array(input[$0 * width..<($0 + 1) * width]) } ?? Array(repeating: 0, count: width)
      }, to: output)
  }
}
