// SalienceParquetTests
