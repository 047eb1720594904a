// SalienceBackendTests
