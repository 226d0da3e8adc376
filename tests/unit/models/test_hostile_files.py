"""Model files that others made: no code of theirs runs, and no other file is read."""

import json
import pickle
import re
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from models.checkpoint import STATE_NAME, UnfinishedRunError, load_averaged
from models.onnx_file import UnusableOnnxError, check_onnx
from tests.support.servers import ROOT

SHIPPED = ("flows", "tasks", "models", "reports_app")


class Planted:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def test_a_checkpoint_that_is_a_pickle_is_refused_and_its_code_does_not_run(tmp_path):
    planted = tmp_path / "ran"
    (tmp_path / "state.bin").write_bytes(pickle.dumps(Planted(planted)))
    (tmp_path / STATE_NAME).write_text(json.dumps({"tensors": "state.bin"}))
    with pytest.raises(UnfinishedRunError):
        load_averaged(tmp_path)
    assert not planted.exists()
    pickle.loads((tmp_path / "state.bin").read_bytes())
    assert planted.exists(), "the plant itself does not work"


def test_shipped_code_unpickles_nothing():
    calls = re.compile(
        r"^\s*(import pickle|from pickle import (?!UnpicklingError$))|\bjoblib\b"
        r"|\btorch\.load\((?!.*weights_only=True\)$)",
        re.MULTILINE,
    )
    files = [path for folder in SHIPPED for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    assert [path.name for path in files if calls.search(path.read_text())] == []


@pytest.mark.parametrize("location", ["../../../etc/passwd", "/etc/passwd", "weights.bin"])
def test_onnx_with_weights_in_other_files_is_refused(tmp_path, location):
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    graph = helper.make_graph([], "g", [], [], initializer=[weight])
    onnx.save_model(helper.make_model(graph), tmp_path / "model.onnx")
    with pytest.raises(UnusableOnnxError, match="other files"):
        check_onnx(tmp_path / "model.onnx")
