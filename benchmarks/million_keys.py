"""Discovery over a bucket of very many keys: seconds and memory of the first and second night.

The listing is served by a small HTTP server in a process of its own that speaks
ListObjectsV2 and makes the keys up; the client, the comparison and the lake are the night's
own, and the rows are real. Each night runs in a process of its own, whose peak memory is its.

    python -m benchmarks.million_keys [--keys 1000000] [--home DIR] [--json PATH]
"""

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tasks.ingest.intake import discover_objects
from tasks.ingest.object_store import ObjectStore, S3Location
from tasks.lake.schemas import OBJECTS
from tasks.lake.store import Lake
from tasks.run import Run

PAGE = 1000
NEW_KEYS = 864
"""Images of 216 exams: what the second night finds besides."""


def page(start: int, n_keys: int) -> bytes:
    """One answer of ListObjectsV2, from a key's number on."""
    end = min(start + PAGE, n_keys)
    entries = "".join(
        f"<Contents><Key>unit-{n // 300_000}/2026/{n // 4:08d}/{n:09d}.dcm</Key>"
        "<LastModified>2026-11-24T03:00:00.000Z</LastModified>"
        f"<ETag>&quot;{n:032x}&quot;</ETag><Size>18000000</Size></Contents>"
        for n in range(start, end)
    )
    is_truncated = end < n_keys
    token = f"<NextContinuationToken>{end}</NextContinuationToken>" if is_truncated else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>many</Name><KeyCount>{end - start}</KeyCount><MaxKeys>{PAGE}</MaxKeys>"
        f"<IsTruncated>{str(is_truncated).lower()}</IsTruncated>{token}{entries}"
        "</ListBucketResult>"
    ).encode()


def serve(n_keys: int, ready: Connection) -> None:
    """Serve the listing until killed; sends its port first."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            body = page(int(query.get("continuation-token", ["0"])[0]), n_keys)
            self.send_response(200)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        ready.send(server.server_port)
        server.serve_forever()


def night(n_keys: int, lake_url: str, answer: Connection) -> None:
    """Discover once; sends what was found, the seconds and the memory over the imports'."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(n_keys, sender), daemon=True)
    server.start()
    store = ObjectStore(S3Location(f"http://127.0.0.1:{receiver.recv()}", "us-east-1", "many"))
    next(iter(store.list_objects()))  # connects, and imports what it needs
    base_mb, start, cpu_start = peak_mb(), time.perf_counter(), time.process_time()
    n_new = discover_objects(Lake(lake_url), store, Run.begin(date(2026, 11, 24)))
    found = {
        "keys": n_keys,
        "new": n_new,
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time() - cpu_start, 1),
        "peak_mb": round(peak_mb()),
        "peak_mb_over_base": round(peak_mb() - base_mb),
    }
    server.kill()
    answer.send(found)


def peak_mb() -> float:
    """Highest resident memory of this process so far, in MB."""
    # Not getrusage's: that one is inherited from the parent.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def run_night(n_keys: int, lake_url: str) -> dict[str, float]:
    """One night in a process of its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=night, args=(n_keys, lake_url, sender))
    process.start()
    found: dict[str, float] = receiver.recv()
    process.join()
    return found


def main() -> None:
    """First night, a night with nothing new, a night with one night's images more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "benchmark")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "benchmark")
    results: list[dict[str, str | float]] = []
    with tempfile.TemporaryDirectory(dir=options.home) as folder:
        for n_keys in options.keys:
            lake_url = str(Path(folder) / f"lake-{n_keys}")
            nights = {
                "first": run_night(n_keys, lake_url),
                "nothing new": run_night(n_keys, lake_url),
                "864 new": run_night(n_keys + NEW_KEYS, lake_url),
            }
            assert Lake(lake_url).read(OBJECTS, columns=["etag"]).height == n_keys + NEW_KEYS
            results += [{"night": name, **found} for name, found in nights.items()]
            for name, found in nights.items():
                print(name, json.dumps(found), flush=True)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
