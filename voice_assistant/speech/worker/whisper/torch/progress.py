"""Tell how far a search is, without waiting for the card."""

from __future__ import annotations

import torch
from torch import Tensor


class SearchProgress:
    """Tell whether everything is written, as of the step before the last on a card.

    Waiting for the last one would leave the card idle while the next is launched.
    """

    def __init__(self, all_finished: Tensor) -> None:
        self._flag = all_finished
        self._cuda = all_finished.is_cuda
        self._seen = torch.zeros(2, dtype=torch.bool, pin_memory=self._cuda)
        self._events: list[torch.cuda.Event] = []

    def is_over(self) -> bool:
        """Ask once before each step."""
        if not self._cuda:
            return bool(self._flag)
        number = len(self._events)
        self._seen[number % 2].copy_(self._flag, non_blocking=True)
        event = torch.cuda.Event()  # type: ignore[no-untyped-call]
        event.record()
        self._events.append(event)
        if not number:
            return False
        self._events[-2].synchronize()
        return bool(self._seen[(number - 1) % 2])
