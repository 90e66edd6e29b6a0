"""Run work in a process of its own, which can be ended at any moment and holds nothing up."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress

from voice_assistant import ROOT
from voice_assistant.processes.json_lines import Event, EventReader
from voice_assistant.processes.priority import lower_priority


async def run_module(
    module: str, *arguments: str, events: EventReader[Event], on_event: Callable[[Event], None]
) -> int:
    """Run a module of ours at low priority until it ends; if this is cancelled, it is killed.

    Args:
        module: what to run, as after `python -m`.
        arguments: for it.
        events: reads its output; what is no event is passed over.
        on_event: called with each event when it comes.

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
            while line := await _next_line(process.stdout):
                if (event := events.read(line)) is not None:
                    on_event(event)
        return await process.wait()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
            await process.wait()


async def _next_line(stream: asyncio.StreamReader) -> bytes:
    """Return the next line of a stream, or nothing at its end."""
    while True:
        try:
            return await stream.readline()
        except ValueError:
            # Longer than the stream's buffer, so no event; what is left of it is none either.
            continue
