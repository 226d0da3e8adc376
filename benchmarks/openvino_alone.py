"""The network without a server, in Triton's environment: reads counts, prints seconds.

Arranged as `triton_repo/mammography/model.py` does it; it imports nothing of ours.
"""

import os
import sys
from time import perf_counter

import numpy as np
import openvino as ov


def main() -> None:
    """Answer each line until the input ends."""
    core, n_streams = ov.Core(), len(os.sched_getaffinity(0))
    model = core.read_model(sys.argv[1])
    _, *shape = (
        size.get_length() if size.is_static else 1 for size in model.input(0).partial_shape
    )
    model.reshape([1, *shape])
    properties = {
        "INFERENCE_PRECISION_HINT": sys.argv[2],
        "INFERENCE_NUM_THREADS": n_streams,
        "NUM_STREAMS": n_streams,
    }
    queue = ov.AsyncInferQueue(core.compile_model(model, "CPU", properties), n_streams)
    for line in sys.stdin:
        images = np.random.default_rng(1).integers(0, 256, (int(line), *shape), np.uint8)
        start = perf_counter()
        for place in range(len(images)):
            queue.start_async({0: images[place : place + 1]}, share_inputs=True)
        queue.wait_all()
        print(perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
