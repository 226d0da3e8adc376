"""The eager network of a packaged version: its record, and the weights beside it.

It is all that a Triton with torch needs of this package, and so it imports no exporter.
"""

from pathlib import Path

from safetensors.torch import load_file

from models.network import MammographyNetwork, build_network
from models.record import network_config, read_record
from models.weights import WEIGHTS_NAME


def load_packaged(folder: Path) -> MammographyNetwork:
    """The eager network of a version's folder, in evaluation mode."""
    network = build_network(network_config(read_record(folder)), seed=0)
    network.load_state_dict(load_file(folder / WEIGHTS_NAME))
    return network.eval()
