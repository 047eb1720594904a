// SalienceReportsTests
