"""Choose which source is asked next, by what each of them has done so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from voice_assistant.models.download.connection import SourceError
from voice_assistant.models.download.source import Source

# In a row and without a new byte in between. One that has an alternative is given up sooner.
_MOST_FAILURES = 5
_MOST_FAILURES_OF_SEVERAL = 2
# A source is compared with the next one once this much is known of each.
_MEASURED_S = 4.0
# Better by less than this is chance.
_BETTER = 1.5


@dataclass(slots=True)
class _Record:
    """Hold what a source has done.

    Attributes:
        bytes: that it gave.
        seconds: that connections to it took, added up.
        failures: in a row; what was asked at the same time counts once.
        failed: when the last of them was counted.
        error: the last one.
        out: whether it is not asked any more.
    """

    bytes: int = 0
    seconds: float = 0.0
    failures: int = 0
    failed: float = 0.0
    error: SourceError | None = None
    out: bool = False

    @property
    def rate(self) -> float:
        """Return the bytes per second of one connection."""
        return self.bytes / self.seconds if self.seconds else 0.0


class Route:
    """Order the sources of one file, the one that is asked first at the front.

    Args:
        sources: at least one, as they are to be tried.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._records = {source: _Record() for source in sources}
        self._order = list(sources)
        self._scout: int | None = None
        self._scouted = False
        self._lock = threading.Lock()

    @property
    def error(self) -> SourceError | None:
        """Return what was wrong with the first source, if none is left to ask."""
        with self._lock:
            return None if self._left() else self._records[self._order[0]].error

    def choose(self, *, scout: bool) -> Source | None:
        """Return the source that the calling thread is to ask now; `None` if none is left.

        Args:
            scout: whether it is worth the while to measure the next source beside the first. One
                thread at a time does.
        """
        with self._lock:
            left = self._left()
            if len(left) > 1 and scout and not self._scouted:
                measured = self._records[left[0]].seconds >= _MEASURED_S
                me = threading.get_ident()
                if measured and self._scout in (None, me):
                    self._scout = me
                    return left[1]
            return left[0] if left else None

    def tell(self, source: Source, count: int, seconds: float, *, fresh: bool = True) -> None:
        """Note that one connection brought `count` bytes in so many seconds.

        Args:
            source: that gave them.
            count: of bytes.
            seconds: that they took.
            fresh: whether there are new ones among them; others make good for no failure.
        """
        with self._lock:
            record = self._records[source]
            record.bytes += count
            record.seconds += seconds
            if fresh:
                record.failures = 0
            left = self._left()
            if len(left) > 1 and source == left[1] and record.seconds >= _MEASURED_S:
                self._compare(*left[:2])

    def blame(self, source: Source, error: SourceError, began: float) -> int:
        """Note that a source has failed, and return how often it has in a row.

        Args:
            source: that failed.
            error: how.
            began: when it was asked (`time.monotonic`).
        """
        with self._lock:
            record = self._records[source]
            record.error = error
            if began >= record.failed:
                record.failures += 1
                record.failed = time.monotonic()
            most = _MOST_FAILURES_OF_SEVERAL if len(self._left()) > 1 else _MOST_FAILURES
            record.out = record.out or error.lasting or record.failures >= most
            return record.failures

    def _left(self) -> list[Source]:
        return [source for source in self._order if not self._records[source].out]

    def _compare(self, first: Source, second: Source) -> None:
        self._scouted = True
        if self._records[second].rate > _BETTER * self._records[first].rate:
            place = self._order.index(first)
            self._order.remove(second)
            self._order.insert(place, second)
