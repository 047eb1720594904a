// SalienceParquet
