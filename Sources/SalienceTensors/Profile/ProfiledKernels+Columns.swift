extension ProfiledKernels: ColumnsKernels {
  package func columns(_ x: Handle, from first: Int, output: Handle) throws {
    try measure("columns", KernelWork(elements: 2 * elements(output))) {
      try $0.columns(x, from: first, output: output)
    }
  }
}
