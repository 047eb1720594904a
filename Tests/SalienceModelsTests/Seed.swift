// SalienceModelsTests
