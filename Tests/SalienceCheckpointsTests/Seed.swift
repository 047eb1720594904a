// SalienceCheckpointsTests
