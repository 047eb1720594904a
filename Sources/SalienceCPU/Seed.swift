// SalienceCPU
