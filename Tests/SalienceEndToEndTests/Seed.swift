// SalienceEndToEndTests
