// SaliencePipeline
