"""Start a process that runs functions of `worker/main.py`, and end it at any moment."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

import psutil

from voice_assistant.speech.worker.begin import begin, call

_STUCK_S = 1.0
"""A thread that still writes to a dead process after this time never stops by itself."""


class Child:
    """Run a process of our own, which starts with the first call."""

    def __init__(self) -> None:
        # Not fork: the service has threads, and CUDA does not survive it.
        self._executor: ProcessPoolExecutor = ProcessPoolExecutor(
            1, mp_context=multiprocessing.get_context("spawn"), initializer=begin
        )
        self._process: psutil.Process | None = None
        self._is_gone = False

    async def call(self, function: str, *args: object) -> Any:
        """Run a function of `worker/main.py` there, after those called before.

        Raises:
            BrokenProcessPool: the process has died.
        """
        if self._process is None:
            self._process = psutil.Process(await self._submit(os.getpid))
        return await self._submit(call, function, *args)

    def is_alive(self) -> bool:
        """Return whether the process has been started and not ended."""
        process = self._process
        try:
            # `is_running` knows a process from a later one with the same number.
            return (
                process is not None
                and not self._is_gone
                and process.is_running()
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.Error:
            return False

    def when_gone(self, tell: Callable[[], None]) -> None:
        """Have a function called in this event loop once the process has ended, however it did.

        Args:
            tell: called once; by then the process is not alive.
        """
        loop = asyncio.get_running_loop()

        def note() -> None:
            self._is_gone = True
            tell()

        pid = self._process.pid if self._process else None
        alive = [each for each in multiprocessing.active_children() if each.pid == pid]
        if alive:
            # Waiting for a process in the event loop is not the same on any two systems.
            threading.Thread(
                target=_tell_when_gone, args=(alive[0], loop, note), daemon=True, name="child-end"
            ).start()
        else:
            loop.call_soon(note)

    def memory_bytes(self) -> int:
        """Measure its resident memory; 0 if there is no process."""
        try:
            return int(self._process.memory_info().rss) if self._process else 0
        except psutil.Error:
            return 0

    def end(self) -> None:
        """Kill it and wait until it is gone, and all of its memory is given back."""
        if self._process is not None:
            with suppress(psutil.NoSuchProcess):
                self._process.kill()
            _stop_writing(self._executor)
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _submit(self, function: Callable[..., object], *args: object) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().run_in_executor(self._executor, function, *args)


def _tell_when_gone(
    process: BaseProcess, loop: asyncio.AbstractEventLoop, note: Callable[[], None]
) -> None:
    wait([process.sentinel])  # without taking its exit status from whoever joins it
    with suppress(RuntimeError):  # the event loop has been closed meanwhile
        loop.call_soon_threadsafe(note)


def _stop_writing(executor: ProcessPoolExecutor) -> None:
    """Let go of a recording that a process did not live to read.

    Python 3.10 goes on writing it for ever; newer ones do what is done here (CPython gh-94777).
    """
    queue: Any = vars(executor)["_call_queue"]
    if queue is None or queue._thread is None or hasattr(queue, "_terminate_broken"):
        return
    # A thread that is not stuck closes the pipe itself; closed twice, at the same moment, the
    # second close could hit whatever has been opened under the same number.
    queue._thread.join(_STUCK_S)
    if queue._thread.is_alive():
        queue._reader.close()
