"""What the person who waits is told: one line for each step, with its seconds."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done now, and how long it took when it is done; a failure speaks for itself."""
    began = time.monotonic()
    if sys.stdout.isatty():
        print(f"  ...     {what}", end="\r", flush=True)
    yield
    print(f"  {time.monotonic() - began:5.1f} s  {what}", flush=True)
