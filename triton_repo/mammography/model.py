"""Runs a version's ONNX in Triton's python backend, by OpenVINO, on the CPU.

It takes the tensors' names from the model and serves every version: Triton starts it once a
version and instance. A GPU host does not use it.
"""

from pathlib import Path

import numpy as np
import openvino as ov
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """One instance of one version."""

    def initialize(self, args):
        """Compile the version's ONNX with the precision and threads of the configuration."""
        config = pb_utils.json.loads(args["model_config"])
        parameters = {
            name: value["string_value"] for name, value in config["parameters"].items()
        }
        folder = Path(args["model_repository"]) / args["model_version"]
        model = ov.Core().compile_model(
            folder / "model.onnx",
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": parameters["precision"],
                "INFERENCE_NUM_THREADS": int(parameters["threads"]),
                "NUM_STREAMS": 1,
            },
        )
        self._request = model.create_infer_request()
        self._input_name = model.input(0).get_any_name()
        self._output_names = [output.get_any_name() for output in model.outputs]

    def execute(self, requests):
        """Answer the requests that Triton's dynamic batcher put together, as one batch."""
        images = [
            pb_utils.get_input_tensor_by_name(request, self._input_name).as_numpy()
            for request in requests
        ]
        batch = images[0] if len(images) == 1 else np.concatenate(images)
        answers = self._request.infer({self._input_name: batch}, share_inputs=True)
        ends = np.cumsum([len(image) for image in images])
        return [
            self._respond(answers, end - len(image), end)
            for image, end in zip(images, ends, strict=True)
        ]

    def _respond(self, answers, start, end):
        return pb_utils.InferenceResponse(
            [pb_utils.Tensor(name, answers[name][start:end]) for name in self._output_names]
        )
