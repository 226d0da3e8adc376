"""torch and nothing of the pipeline: contract, network, data set, training, metrics, export."""
