import SalienceTensors
import Testing

@Suite struct MaximumRowTests {
  /// Of equal tokens the first is meant, as by torch.max over a dimension.
  @Test(arguments: TestBackend.all) func gradientGoesToTheFirstLargest(backend: TestBackend) throws {
    let opCase = try OpCase("maximum_row", ValueShape(.tokens, 2), lengths: [3, 4]) { try $0.maximumRow($1) }
    let run = try OpRun(opCase, on: backend)
    try run.kernels.write([1, -2, 5, -2, 5, -3, -1, 0, -1, 7, -4, 7, -1, 7], to: run.input, at: 0)
    try run.forward()
    #expect(try run.kernels.read(run.output, count: 4) == [5, -2, -1, 7])
    #expect(try run.backward([10, 20, 30, 40]) == [0, 20, 10, 0, 0, 0, 30, 0, 0, 40, 0, 0, 0, 0])
  }
}
