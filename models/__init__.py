"""torch and nothing of the pipeline: contract, network, data set over Parquet, training, metrics, export."""
