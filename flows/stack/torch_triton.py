"""The wheel's Triton with torch in its python backend, on a GPU or as configured.

torch is this interpreter's own: Triton's environment has none, and both must be one Python.
"""

import sysconfig
from pathlib import Path

from flows.stack.triton_server import EmbeddedTriton
from tasks.redeploy.triton_configs import TORCH_CONFIG

_PACKAGES = Path(__file__).parents[2]


class TorchTriton(EmbeddedTriton):
    """It serves by `configs/torch.pbtxt`; what else it does is the embedded server's."""

    config_name = TORCH_CONFIG

    def _changes(self) -> dict[str, str | None]:
        path = f"{_PACKAGES}:{sysconfig.get_path('purelib')}"
        return {**super()._changes(), "PYTHONPATH": path}
