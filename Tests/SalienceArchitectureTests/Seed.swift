// SalienceArchitectureTests
