"""A program to kill: runs a stack on the home of its first argument until it is ended.

It prints the number of each process that it started, once all servers are ready.
"""

import sys
import threading
from pathlib import Path

import psutil

from flows.local_stack import LocalStack, Parts
from tasks.settings import Settings


def main() -> None:
    with LocalStack(Settings(home=Path(sys.argv[1])), Parts(prefect=False)):
        started = psutil.Process().children(recursive=True)
        sys.stdout.write(" ".join(str(process.pid) for process in started) + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
