import SalienceTensors
import Testing

/// Columns of rows, which are copied and so must be equal on every backend.
@Suite struct ColumnsTests {
  @Test(arguments: TestBackend.all) func columnsAreCopied(backend: TestBackend) throws {
    // At the start, in the middle and at the end, on and off multiples of four.
    for (width, range) in [(8, 0..<8), (12, 4..<8), (13, 5..<13), (96, 32..<96), (24, 2..<6), (7, 6..<7)] {
      for rows in [RowExtent.tokens, .sequences] {
        var plan = Plan()
        let x = plan.input(ValueShape(rows, width))
        plan.result(try plan.columns(x, range))
        let kernels = try backend.stream(plan, RandomParameters(plan))
        let run = try PlanRun(plan, capacity: MemoryPlan.Capacity(tokens: 29, sequences: 3), on: kernels)
        let batch = PackedBatch(
          [17, 3, 9].map { length in
            let zeros = [Int32](repeating: 0, count: length)
            return TokenSequence(wordIDs: zeros, positionIDs: zeros, typeIDs: zeros)
          })
        try kernels.begin(batch)
        let count = batch.rows(rows)
        let values = (0..<count * width).map { Float($0) }
        try kernels.write(values, to: run.handle(x), at: 0)
        try run.run()
        let output = try kernels.read(run.handle(plan.outputs[0]), count: count * range.count)
        let expected = (0..<count).flatMap { row in range.map { Float(row * width + $0) } }
        #expect(output == expected, "\(range) of \(width), \(rows)")
      }
    }
    #expect(backend.complaints() ?? [] == [])
  }

  @Test func columnsOutsideAreRefused() {
    var plan = Plan()
    let x = plan.input(ValueShape(.tokens, 8))
    #expect(throws: TensorError.self) { _ = try plan.columns(x, 4..<9) }
  }
}
