"""Own results as they were read some seconds ago: people who look again and again do not reach the writers' database.

Each web process keeps its own. A key is a keyed hash of the code on a slip, its key made anew by each process; a value
says a round, an hour and where somebody stands, of nobody by name.
"""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from uuid import UUID

from shali.testing.queries.own import OwnResult

# The worker that puts a result on its tube is another process: a changed standing shows after so long.
SECONDS = 5.0
MOST = 50_000
_KEY = secrets.token_bytes(32)


class OwnResults:
    """Values by slip, for `seconds`; at most `most` of them, the oldest goes first."""

    def __init__(self, *, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._kept: OrderedDict[bytes, tuple[float, OwnResult | None]] = OrderedDict()
        self._lock = Lock()

    def read(self, slip: UUID, ask: Callable[[], OwnResult | None]) -> OwnResult | None:
        """Return what is kept of a slip, or ask and keep it. That a code is nobody's is kept as well."""
        key = hashlib.blake2b(slip.bytes, key=_KEY, digest_size=16).digest()
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now - kept[0] < self._seconds:
            return kept[1]
        found = ask()
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (now, found)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


OWN_RESULTS = OwnResults()
