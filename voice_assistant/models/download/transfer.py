"""Fetch one file over several connections at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass

from voice_assistant.models.download.connection import (
    Connection,
    Pieces,
    RangesIgnoredError,
    SourceError,
)
from voice_assistant.models.download.partial import PartialFile
from voice_assistant.models.download.route import Route
from voice_assistant.models.download.source import Source
from voice_assistant.models.model import ModelFile

CONNECTIONS = 8
"""Connections to a source. Many hubs and networks limit each one."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Hold how long a transfer waits for what, in seconds.

    Attributes:
        idle_s: for a byte, before a connection counts as stalled.
        poll_s: between reports of progress, and before a connection without work asks for some.
        most_pause_s: at most, before a source that fails again and again is asked once more.
    """

    idle_s: float = 15.0
    poll_s: float = 0.1
    most_pause_s: float = 8.0


PATIENCE = Patience()
"""What suits the internet."""


# Bytes. What is left is shared down to this size; a request for less costs more than it saves.
_LEAST_SHARE = 1 << 18
# Bytes of one request, at most.
_MOST_SPAN = 1 << 26
# The rest of a second in which there is nothing to hash.
_BREATH_S = 0.01
# Bytes that are hashed, and sent to the disk, at a time, while others come.
_HASHED = 1 << 24
_SETTLED = 1 << 26
# Bytes per second. Where one connection gives as much, others would only get in its way.
_PLENTY = 50_000_000
# The first connection has this long to begin before others join it.
_BEGIN_S = 0.4
# Where it takes longer than this, it is worth asking whether another source is faster.
_LONG_S = 30.0


@dataclass(slots=True)
class _Work:
    """Hold the range that one connection is at."""

    offset: int
    end: int


class Transfer:
    """Fetch what is missing of a file.

    Args:
        file: what it is.
        partial: what is there of it, and where the rest goes.
        sources: in the order in which they are asked.
        on_progress: called from time to time with the number of bytes that are there.
        connections: how many at once.
        patience: how long it waits for what.
    """

    def __init__(
        self,
        file: ModelFile,
        partial: PartialFile,
        sources: Sequence[Source],
        on_progress: Callable[[int], None],
        *,
        connections: int = CONNECTIONS,
        patience: Patience = PATIENCE,
    ) -> None:
        self._file = file
        self._partial = partial
        self._route = Route(sources)
        self._on_progress = on_progress
        self._connections = connections
        self._started = 1
        self._patience = patience
        self._waiting = partial.missing()
        self._working: list[_Work] = []
        self._whole: set[Source] = set()
        self._open: list[Connection] = []
        self._failure: OSError | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._at_first = partial.done

    def run(self) -> None:
        """Fetch the whole file.

        Raises:
            SourceError: no source has the rest; what came stays in `partial`.
            OSError: it cannot be written.
        """
        with ThreadPoolExecutor(self._connections + 1, thread_name_prefix="download") as pool:
            settler = pool.submit(self._settle)
            workers = [pool.submit(self._work)]
            try:
                while wait(workers, timeout=0).not_done:
                    before, since = self._partial.done, time.monotonic()
                    self._on_progress(before)
                    self._wait(workers)
                    gained, passed = self._partial.done - before, time.monotonic() - since
                    # How fast the first one is does not show before it has begun.
                    begun = before > self._at_first or since > self._began + _BEGIN_S
                    if begun and gained < _PLENTY * passed:
                        self._started = self._connections
                        more = range(len(workers), self._connections)
                        workers += [pool.submit(self._work) for _ in more]
                self._stopped.set()
                # The last of it reaches the disk meanwhile.
                self._partial.hash_ahead(self._file.size)
            finally:
                self._stopped.set()
                with self._lock:
                    opened = list(self._open)
                for connection in opened:
                    connection.abort()
        self._on_progress(self._partial.done)
        for worker in (*workers, settler):
            worker.result()
        if self._failure is not None:
            raise self._failure
        if error := self._route.error:
            raise error

    def _wait(self, workers: Sequence[Future[None]]) -> None:
        """Wait a little, and hash meanwhile what would have to be hashed at the end."""
        until = time.monotonic() + self._patience.poll_s
        while time.monotonic() < until:
            waits = self._partial.hash_ahead(_HASHED) < _HASHED
            if waits and not wait(workers, _BREATH_S).not_done:
                return

    def _settle(self) -> None:
        """Send what comes to the disk beside all else, since that is all waiting and no work."""
        settled, stopped = self._at_first, False
        while not stopped:
            stopped = self._stopped.wait(self._patience.poll_s)
            done = self._partial.done
            if done - settled >= (1 if stopped else _SETTLED):
                self._partial.settle()
                settled = done

    def _work(self) -> None:
        with closing(Connection(self._file, self._patience.idle_s)) as connection:
            with self._lock:
                self._open.append(connection)
            while not self._stopped.is_set():
                source = self._route.choose(scout=self._takes_long())
                if source is None:
                    self._stopped.set()
                    return
                work = self._take(source)
                if work is not None:
                    self._fetch(connection, source, work)
                elif self._working or self._waiting:
                    # Another connection may fail, and leave its span.
                    self._stopped.wait(self._patience.poll_s)
                else:
                    return

    def _take(self, source: Source) -> _Work | None:
        """Return the next range to ask for: one that waits, or half of the longest under way."""
        with self._lock:
            if source in self._whole:
                work = self._take_all()
            elif self._waiting:
                start, end = self._waiting.pop(0)
                share = min(max((end - start) // self._started, _LEAST_SHARE), _MOST_SPAN)
                middle = min(start + share, end)
                if middle < end:
                    self._waiting.insert(0, (middle, end))
                work = _Work(start, middle)
            else:
                work = self._take_half()
            if work is not None:
                self._working.append(work)
            return work

    def _take_all(self) -> _Work | None:
        missing = self._partial.missing()
        if self._working or not missing:
            return None
        self._waiting.clear()
        return _Work(missing[0][0], self._file.size)

    def _take_half(self) -> _Work | None:
        longest = max(self._working, key=lambda each: each.end - each.offset, default=None)
        if longest is None or longest.end - longest.offset < 2 * _LEAST_SHARE:
            return None
        middle = (longest.offset + longest.end) // 2
        work = _Work(middle, longest.end)
        longest.end = middle
        return work

    def _fetch(self, connection: Connection, source: Source, work: _Work) -> None:
        failures, began = 0, time.monotonic()
        try:
            if source in self._whole:
                self._receive(connection.read_all(source), source, work)
            else:
                self._receive(connection.read(source, work.offset, work.end), source, work)
        except RangesIgnoredError:
            self._whole.add(source)
        except SourceError as error:
            failures = self._route.blame(source, error, began)
        except OSError as error:
            self._failure = error
            self._stopped.set()
        finally:
            self._give_back(work)
        if failures > 1:
            self._stopped.wait(min(2.0 ** (failures - 2), self._patience.most_pause_s))

    def _receive(self, pieces: Pieces, source: Source, work: _Work) -> None:
        asked, since = work.end, time.monotonic()
        with closing(pieces):
            for offset, piece in pieces:
                with self._lock:
                    begin = max(offset, work.offset)
                    fresh = piece[begin - offset : max(0, work.end - offset)]
                    work.offset = max(work.offset, offset + len(piece))
                if fresh:
                    self._partial.write(begin, fresh)
                now = time.monotonic()
                self._route.tell(source, len(piece), now - since, fresh=bool(fresh))
                since = now
                # Another connection may have taken over the end.
                if self._stopped.is_set() or work.end <= work.offset < asked:
                    return

    def _give_back(self, work: _Work) -> None:
        with self._lock:
            self._working.remove(work)
            if work.offset < work.end:
                self._waiting.insert(0, (work.offset, work.end))

    def _takes_long(self) -> bool:
        done, passed = self._partial.done, time.monotonic() - self._began
        gained = done - self._at_first
        return gained > 0 and (self._file.size - done) * passed / gained > _LONG_S
