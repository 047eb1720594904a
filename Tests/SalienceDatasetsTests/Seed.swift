// SalienceDatasetsTests
