// SalienceAttributionTests
