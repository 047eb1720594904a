import SalienceKernelsC
import SalienceTensors

extension CPUStream: EmbeddingKernels {
  func embedding(_ terms: [EmbeddingTerm], output: Handle) throws {
    let (rows, width) = try size(output)
    let target = try pointer(output)
    for (position, term) in terms.enumerated() {
      let indices = batch.indices(term.index)
      // Kernels trust their indices, so ids from files are checked here.
      if let bad = indices.first(where: { $0 < 0 || $0 >= term.table.shape[0] }) {
        throw TensorError(.shape, "index \(bad) is outside \(term.table) of \(term.table.shape[0]) rows")
      }
      let table = try parameters.values(term.table)
      if position == 0 {
        salience_gather_rows(table, indices, rows, width, target)
      } else {
        salience_gather_rows_add(table, indices, rows, width, target)
      }
    }
  }
}
