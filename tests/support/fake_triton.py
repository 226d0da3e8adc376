"""A Triton in this process that speaks its gRPC and misbehaves as it is told."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
import numpy as np
from tritonclient.grpc import service_pb2 as pb
from tritonclient.grpc import service_pb2_grpc

from models.contract import IMAGE, MAX_BATCH_SIZE, OUTPUTS

Answer = dict[str, np.ndarray]
Fault = Callable[[Answer, grpc.ServicerContext], Answer]


def right_answer(images: np.ndarray) -> Answer:
    """Scores that tell the image: its first pixel over 255."""
    value = images[:, 0, 0, 0].astype(np.float32) / 255
    return {
        tensor.name: np.broadcast_to(
            value.reshape(-1, *[1] * len(tensor.shape)), (len(images), *tensor.shape)
        ).astype(np.float32)
        for tensor in OUTPUTS
    }


@dataclass
class FakeTriton(service_pb2_grpc.GRPCInferenceServiceServicer):
    """Answers rightly once the faults are used up, one a request."""

    faults: list[Fault] = field(default_factory=list)
    url: str = ""
    output_dtype: str = "FP32"
    max_batch_size: int = MAX_BATCH_SIZE
    batch_sizes: list[int] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)

    def ModelInfer(self, request, context):  # noqa: N802
        shape = tuple(request.inputs[0].shape)
        self.batch_sizes.append(shape[0])
        self.versions.add(request.model_version)
        images = np.frombuffer(request.raw_input_contents[0], np.uint8).reshape(shape)
        answer = right_answer(images)
        if self.faults:
            answer = self.faults.pop(0)(answer, context)
        response = pb.ModelInferResponse(model_name=request.model_name)
        for name, values in answer.items():
            tensor = pb.ModelInferResponse.InferOutputTensor(
                name=name, datatype="FP32", shape=values.shape
            )
            response.outputs.append(tensor)
            response.raw_output_contents.append(values.astype(np.float32).tobytes())
        return response

    def ModelMetadata(self, request, context):  # noqa: N802
        answer = pb.ModelMetadataResponse(name=request.name, versions=["1"])
        answer.inputs.append(_metadata(IMAGE.name, IMAGE.triton_dtype, IMAGE.shape))
        for tensor in OUTPUTS:
            answer.outputs.append(_metadata(tensor.name, self.output_dtype, tensor.shape))
        return answer

    def ModelConfig(self, request, context):  # noqa: N802
        answer = pb.ModelConfigResponse()
        answer.config.max_batch_size = self.max_batch_size
        return answer

    def RepositoryModelUnload(self, request, context):  # noqa: N802
        self.calls.append("unload")
        return pb.RepositoryModelUnloadResponse()

    def RepositoryModelLoad(self, request, context):  # noqa: N802
        self.calls.append("load")
        return pb.RepositoryModelLoadResponse()


def _metadata(name, dtype, shape):
    return pb.ModelMetadataResponse.TensorMetadata(
        name=name, datatype=dtype, shape=[-1, *shape]
    )


def status(code: grpc.StatusCode, message: str) -> Fault:
    """A fault: the request fails with this status."""
    return lambda _answer, context: context.abort(code, message)


def changed(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Fault:
    """A fault: one output of the answer is changed."""
    return lambda answer, _context: {**answer, name: change(answer[name])}


def without(name: str) -> Fault:
    """A fault: one output is missing from the answer."""
    return lambda answer, _context: {key: answer[key] for key in answer if key != name}


@contextmanager
def fake_triton() -> Iterator[FakeTriton]:
    """Serve on a free port of loopback as long as the context."""
    fake = FakeTriton()
    options = [("grpc.max_receive_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(4), options=options)
    service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(fake, server)
    fake.url = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    yield fake
    server.stop(grace=0).wait()
