extension ProfiledKernels: MeanRowKernels, MaximumRowKernels, TokenSoftmaxKernels {
  package func meanRow(_ x: Handle, output: Handle) throws {
    try measure("mean_row", KernelWork(elements: elements(x, output))) { try $0.meanRow(x, output: output) }
  }

  package func meanRowGradient(_ gradient: Handle, output: Handle) throws {
    try measure("mean_row_backward", KernelWork(elements: elements(gradient, output))) {
      try $0.meanRowGradient(gradient, output: output)
    }
  }

  package func maximumRow(_ x: Handle, output: Handle, token: Handle?) throws {
    try measure("maximum_row", KernelWork(elements: elements(x, output, token))) {
      try $0.maximumRow(x, output: output, token: token)
    }
  }

  package func maximumRowGradient(_ gradient: Handle, token: Handle, output: Handle) throws {
    try measure("maximum_row_backward", KernelWork(elements: elements(gradient, token, output))) {
      try $0.maximumRowGradient(gradient, token: token, output: output)
    }
  }

  package func tokenSoftmax(_ x: Handle, output: Handle) throws {
    try measure("token_softmax", KernelWork(elements: elements(x, output))) { try $0.tokenSoftmax(x, output: output) }
  }

  package func tokenSoftmaxGradient(_ gradient: Handle, probabilities: Handle, output: Handle) throws {
    try measure("token_softmax_backward", KernelWork(elements: elements(gradient, probabilities, output))) {
      try $0.tokenSoftmaxGradient(gradient, probabilities: probabilities, output: output)
    }
  }
}
