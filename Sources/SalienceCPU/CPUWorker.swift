import Glibc
import SalienceTensors

/// Which executor of which model a thread keeps: of a program, or of a decoder.
struct ExecutorKey: Hashable {
  let model: ObjectIdentifier
  let program: Int
}

/// An executor with the longest sequence it takes.
struct PreparedExecutor {
  let executor: PathExecutor
  let capacity: Int
}

/// State that one thread keeps between jobs: the executors of the model that it runs.
final class CPUWorker {
  var executors: [ExecutorKey: PreparedExecutor] = [:]
  var decoders: [ExecutorKey: DecoderExecutor] = [:]

  init() { Self.useOneThread() }

  /// A pool of workers, one per core.
  static func pool(count: Int) -> WorkerPool<CPUWorker> {
    WorkerPool(count: count, name: "salience-cpu") { CPUWorker() }
  }

  /// Tells OpenMP, below oneDNN, to stay on this thread: each worker is a core already.
  private static func useOneThread() {
    guard let symbol = dlsym(nil, "omp_set_num_threads") else { return }
    unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)(1)
  }
}
