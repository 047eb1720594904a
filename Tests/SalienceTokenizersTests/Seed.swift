// SalienceTokenizersTests
