"""Weights on disk, as safetensors and never as pickle.

What they belong to is said by the JSON beside them.
"""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file

WEIGHTS_NAME = "model.safetensors"
"""In a version's folder."""


def save_weights(tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    """Write tensors as safetensors, which takes no channels_last ones, readable by others."""
    save_file(
        {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}, path
    )
    path.chmod(0o644)
