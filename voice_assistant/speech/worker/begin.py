"""Begin the speech process: the only module of it that the service imports."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable

from voice_assistant.speech.worker.heap import use_one_arena


def begin() -> None:
    """Prepare the process, while it has one thread.

    It leaves Ctrl-C to the service, and ends when that ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_one_arena()
    # numpy's products are small here; for each, OpenBLAS would wait for a thread on a busy core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threading.Thread(target=_follow_parent, daemon=True, name="follow-parent").start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def call(function: str, *args: object) -> object:
    """Run a function of `main.py`, which is imported here: it must stay out of the service."""
    worker = importlib.import_module("voice_assistant.speech.worker.main")
    target: Callable[..., object] = getattr(worker, function)
    return target(*args)
