"""Keep the garbage collector away from objects that stay as long as the process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def permanent_objects() -> Iterator[None]:
    """Exempt the objects of a process from collection, up to those that the block makes.

    For imported modules and loaded tables. The collector would look through them again and again
    while they are made, at every full collection of a service, and once more at the end of the
    process, which a short download would have to wait for.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
