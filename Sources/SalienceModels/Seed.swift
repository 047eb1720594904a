// SalienceModels
