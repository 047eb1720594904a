// SalienceJSONTests
