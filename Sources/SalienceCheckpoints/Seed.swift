// SalienceCheckpoints
