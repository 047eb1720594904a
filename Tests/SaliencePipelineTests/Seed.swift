// SaliencePipelineTests
