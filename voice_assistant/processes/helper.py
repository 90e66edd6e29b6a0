"""Work in a process of its own, which can be ended at any moment and holds nothing up."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from voice_assistant import ROOT
from voice_assistant.processes.priority import lower_priority


async def run_module(
    module: str, *arguments: str, on_line: Callable[[dict[str, Any]], None]
) -> int:
    """Run a module of ours at low priority until it ends; if this is cancelled, it is killed.

    Args:
        module: what to run, as after `python -m`.
        arguments: for it.
        on_line: called with each line of its output, which are JSON objects.

    Returns:
        Its exit code.

    Raises:
        OSError: it cannot be started.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        lower_priority(process.pid)
        if process.stdout is not None:
            async for line in process.stdout:
                with suppress(ValueError):
                    # What libraries write may be JSON, too: a number, say.
                    if isinstance(found := json.loads(line), dict):
                        on_line(found)
        return await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
            await process.wait()
