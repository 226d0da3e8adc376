"""Runs a version's ONNX in Triton's python backend, by OpenVINO, on the CPU.

It takes the tensors' names from the model and serves every version: Triton starts it once a
version and instance. A GPU host does not use it.

Each image is computed alone on a stream of one thread, as many at once as there are processors.
That was faster than batches, whose intermediate tensors leave the cache, and than several
threads on one image; and so a score does not depend on the images that it was batched with.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """One instance of one version."""

    def initialize(self, args):
        """Begin to load the version, and return at once.

        Triton 2.51 aborts, all of it, where a process that initializes is silent for a second.
        Whoever loads a version asks for an answer: that waits here, and tells what failed.
        """
        self._loading = ThreadPoolExecutor(1).submit(_Network, args)

    def execute(self, requests):
        """Answer the requests that Triton's dynamic batcher put together."""
        network = self._loading.result()
        return [
            pb_utils.InferenceResponse(
                [pb_utils.Tensor(name, values) for name, values in answer.items()]
            )
            for answer in network.answer(requests)
        ]


class _Network:
    """A version's ONNX, compiled with the precision of the configuration."""

    def __init__(self, args):
        import openvino as ov  # noqa: PLC0415  # a second of its own, on a busy machine more

        config = pb_utils.json.loads(args["model_config"])
        core = ov.Core()
        folder = Path(args["model_repository"]) / args["model_version"]
        model = core.read_model(folder / "model.onnx")
        model.reshape([1, *config["input"][0]["dims"]])
        n_streams = len(os.sched_getaffinity(0))
        properties = {
            "INFERENCE_PRECISION_HINT": config["parameters"]["precision"]["string_value"],
            "INFERENCE_NUM_THREADS": n_streams,
            "NUM_STREAMS": n_streams,
        }
        compiled = core.compile_model(model, "CPU", properties)
        self._input_name = compiled.input(0).get_any_name()
        self._shapes = {
            output.get_any_name(): tuple(output.get_shape())[1:] for output in compiled.outputs
        }
        self._queue = ov.AsyncInferQueue(compiled, n_streams)
        self._queue.set_callback(_keep_answer)

    def answer(self, requests):
        """Score every image of the requests; an answer a request, each output by its name."""
        batches = [
            pb_utils.get_input_tensor_by_name(request, self._input_name).as_numpy()
            for request in requests
        ]
        answers = [self._start(batch) for batch in batches]
        self._queue.wait_all()
        return answers

    def _start(self, batch):
        """Start each image of a request; the answer is filled in as they end."""
        answer = {
            name: np.empty((len(batch), *shape), np.float32)
            for name, shape in self._shapes.items()
        }
        for place in range(len(batch)):
            image = {self._input_name: batch[place : place + 1]}
            self._queue.start_async(image, (answer, place), share_inputs=True)
        return answer


def _keep_answer(request, target):
    answer, place = target
    for name, values in answer.items():
        values[place] = request.get_tensor(name).data[0]
