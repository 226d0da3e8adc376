"""Runs a version in Triton's python backend: its ONNX by OpenVINO, or its weights by torch.

The configuration's parameter `engine` says which. It serves every version: Triton starts it
once a version and instance. `openvino` is for the CPU; `torch` is for a GPU, and runs on a CPU
too. Triton's own backends (`config.pbtxt`) do not use it.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    """One instance of one version."""

    def initialize(self, args):
        """Begin to load the version, and return at once.

        Triton 2.51 aborts, all of it, where a process that initializes is silent for a second.
        Whoever loads a version asks for an answer: that waits here, and tells what failed.
        """
        config = pb_utils.json.loads(args["model_config"])
        parameters = {
            name: found["string_value"] for name, found in config["parameters"].items()
        }
        engine = {"openvino": _OpenVino, "torch": _Torch}[parameters.get("engine", "openvino")]
        self._loading = ThreadPoolExecutor(1).submit(engine, args, config, parameters)

    def execute(self, requests):
        """Answer the requests that Triton's dynamic batcher put together."""
        answers = self._loading.result().answer(requests)
        return [pb_utils.InferenceResponse(answer) for answer in answers]


class _OpenVino:
    """A version's ONNX, compiled with the precision of the configuration.

    Each image is computed alone on a stream of one thread, as many at once as there are
    processors. That was faster than batches, whose intermediate tensors leave the cache, and
    than several threads on one image; and so a score does not depend on its batch.
    """

    def __init__(self, args, config, parameters):
        import openvino as ov  # noqa: PLC0415  # a second of its own, on a busy machine more

        core = ov.Core()
        model = core.read_model(_folder(args) / "model.onnx")
        model.reshape([1, *config["input"][0]["dims"]])
        n_streams = len(os.sched_getaffinity(0))
        properties = {
            "INFERENCE_PRECISION_HINT": parameters["precision"],
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
        """Score every image of the requests; the answer's tensors, a request."""
        batches = [
            pb_utils.get_input_tensor_by_name(request, self._input_name).as_numpy()
            for request in requests
        ]
        answers = [self._start(batch) for batch in batches]
        self._queue.wait_all()
        return [
            [pb_utils.Tensor(name, values) for name, values in answer.items()]
            for answer in answers
        ]

    def _start(self, batch):
        """Start each image of a request; the answer is filled in as they end."""
        import numpy as np  # noqa: PLC0415  # as torch's engine does without it

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


class _Torch:
    """A version's weights in the network's own code (`models/`, on the Python path).

    The requests of a batch are computed together. Tensors come and go by DLPack: nothing is
    copied but images to the GPU and scores from it, which clients on gRPC need in any case.
    """

    def __init__(self, args, config, parameters):
        # Triton starts the interpreter isolated, so that it does not read this itself.
        sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
        import torch  # noqa: PLC0415  # where OpenVINO serves there is none

        from models.packaged import load_packaged  # noqa: PLC0415  # needs torch

        self._torch = torch
        is_on_gpu = args["model_instance_kind"] == "GPU"
        self._device = torch.device(
            f"cuda:{args['model_instance_device_id']}" if is_on_gpu else "cpu"
        )
        self._reduced = {"f32": None, "f16": torch.float16, "bf16": torch.bfloat16}[
            parameters["precision"]
        ]
        torch.backends.cudnn.allow_tf32 = False  # f32 means f32
        network = load_packaged(_folder(args))
        self._network = network.to(self._device, memory_format=torch.channels_last)
        [image] = config["input"]
        self._input_name = image["name"]
        for n_images in (1, config["max_batch_size"]):  # kernels are chosen before the first
            self._score(torch.zeros((n_images, *image["dims"]), dtype=torch.uint8))

    def answer(self, requests):
        """Score every image of the requests; the answer's tensors, a request."""
        batches = [
            self._torch.from_dlpack(
                pb_utils.get_input_tensor_by_name(request, self._input_name).to_dlpack()
            )
            for request in requests
        ]
        sizes = [len(batch) for batch in batches]
        scores = self._score(self._torch.cat(batches))
        parts = {name: values.split(sizes) for name, values in scores.items()}
        return [
            [pb_utils.Tensor.from_dlpack(name, part[place]) for name, part in parts.items()]
            for place in range(len(sizes))
        ]

    def _score(self, images):
        """Outputs by name, in float32, on the CPU; `images` is [n, 1, height, width] uint8."""
        precision = self._torch.autocast(
            self._device.type, self._reduced, enabled=self._reduced is not None
        )
        with self._torch.inference_mode(), precision:
            outputs = self._network(images.to(self._device, non_blocking=True))
        # Triton reads a tensor's memory in order and does not heed its strides.
        return {name: values.float().cpu().contiguous() for name, values in outputs.items()}


def _folder(args):
    return Path(args["model_repository"]) / args["model_version"]
