"""Launch kernels together, as captured CUDA graphs.

A step of the decoder is some hundred kernels of a few microseconds each; launching them one by one
takes longer than running them. Captured once, they are launched as one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


class Graphs:
    """Make functions whose kernels are captured, where that is possible.

    They share the memory of their intermediate results, so only one of them may run at a time.

    Args:
        device: on a CPU, functions simply run.
    """

    def __init__(self, device: torch.device) -> None:
        self._cuda = device.type == "cuda"
        self._pool: Any = torch.cuda.graph_pool_handle() if self._cuda else None

    def captured(self, function: Callable[[], None]) -> Callable[[], None]:
        """Return the function, or what does the same in one launch from its second call on.

        Args:
            function: reads from and writes to tensors that stay where they are, and asks the host
                nothing.
        """
        return _Captured(function, self._pool) if self._cuda else function


class _Captured:
    """Run a function at its first call, and capture it for those that follow.

    The first run sets up what must not be set up while capturing; capturing runs nothing.
    """

    def __init__(self, function: Callable[[], None], pool: Any) -> None:
        self._function = function
        self._pool = pool
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        if self._graph is not None:
            self._graph.replay()
            return
        self._function()
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the card meanwhile, for instance to ask how full it is.
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            self._function()
        self._graph = graph
