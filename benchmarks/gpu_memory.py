"""Measure how much of a card the torch engine takes, and what it does when that is too much."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu_ours import engine, noise, ours
from voice_assistant.machine.card import find_cards

_MIB = 1 << 20
_AFTER_S = 5.0


def _memory_child(pipe: Connection, model: str, folder: str, device: str, placement: str) -> None:
    made = engine(model, Path(folder), device, placement)
    cuda = device == "cuda"
    figures: dict[str, float] = {"at load": torch.cuda.memory_allocated() if cuda else 0}
    run = ours(made, 30.0)
    for _ in range(3):
        run(noise(30.0, 30.0))
    figures["at the peak of a 30 s clip"] = torch.cuda.max_memory_allocated() if cuda else 0
    figures["reserved"] = torch.cuda.max_memory_reserved() if cuda else 0
    pipe.send(figures)
    pipe.recv()


def _load_child(pipe: Connection, model: str, folder: str, fraction: float) -> None:
    try:
        made = engine(model, Path(folder), "cuda", "float16", fraction)
        ours(made, 30.0)(noise(30.0, 30.0))
        pipe.send("no error")
    except BaseException as error:
        pipe.send(f"{type(error).__name__}: {str(error)[:120]}")


def _fill_child(pipe: Connection, left: int) -> None:
    free, _ = torch.cuda.mem_get_info()
    held = torch.empty(max(free - left, 1), dtype=torch.uint8, device="cuda")
    pipe.send(held.numel())
    pipe.recv()


def spawned(target: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    """Return a process of its own, and the way to talk to it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=target, args=(there, *arguments))
    process.start()
    there.close()
    return process, here


def _ask(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return "the process crashed"


def _used() -> int:
    return find_cards()[0].used if find_cards() else 0


def print_memory(model: str, folder: Path, device: str) -> None:
    """Print the bytes of each compute type, in a process of its own."""
    for placement in ("float16", "int8"):
        before = _used()
        process, pipe = spawned(_memory_child, model, str(folder), device, placement)
        figures = _ask(pipe)
        if isinstance(figures, str):
            print(f"{placement}: {figures}")
            continue
        cards = find_cards()
        # In a container the driver's process ids are not ours: then what came with the process.
        own = cards[0].by_process.get(process.pid or 0, 0) if cards else 0
        figures["of the process, by the driver"] = own or _used() - before
        pipe.send("end")
        process.join()
        time.sleep(_AFTER_S if cards else 0)
        figures[f"{_AFTER_S:.0f} s after it ended, by the driver"] = _used() - before
        for what, value in figures.items():
            print(f"{placement}, {what}: {value / _MIB:.0f} MiB")


def print_shortage(model: str, folder: Path) -> None:
    """Print what a cap smaller than the model does, and a card that somebody else has filled."""
    process, pipe = spawned(_load_child, model, str(folder), 0.002)
    print(f"a cap of 0.2 % of the card: {_ask(pipe)}")
    process.join()
    for left in (200 * _MIB, 1200 * _MIB):
        filler, held = spawned(_fill_child, left)
        filled = _ask(held)
        process, pipe = spawned(_load_child, model, str(folder), 0.9)
        print(f"{filled} bytes held by another process, {left / _MIB:.0f} MiB left: {_ask(pipe)}")
        process.join()
        held.send("end")
        filler.join()
