"""What stays in memory as long as the process, and so is not looked through for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """Make things that stay, such as imported modules.

    The collector looks through them again and again while they are made, and once more at the end
    of the process, which a short download would have to wait for.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
