"""Print what `start.py` and `test_gpu.py` write, as docs/graphics-card.md shows it.

`python -m benchmarks.card_pages` runs both in a copy of this checkout, with an environment of its
own that `start.py setup` makes there (250 MB from the package index), without a card and on a
simulated one, in English and in Chinese, and prints the blocks of the page. `--check` compares them
with the page instead, and `--write` puts them into it. Numbers that differ from run to run are not
compared, nor is the order of lines, since the card is asked beside the server.

Torch for the simulated card is asked for at an index that never answers. With `--torch` it is
installed first (2.8 GB), and the blocks are those that need it.

On Linux, with a C compiler and without a card.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from tests.support.card_page import ROOT, block_of, is_shown, normal, page_of, put_block
from voice_assistant.messages import Locale

_LANGUAGES: tuple[Locale, ...] = ("en", "zh")
_HOME = "/home/you/voice"
_PORT = "8889"
_QUIET_S = 8.0
_LONGEST_S = 180.0
_TORCH_S = 3600.0
_READY = "speech process ready"
_SIMULATED = (sys.executable, "-m", "benchmarks.simulated_card", "--")


@dataclass(frozen=True)
class Block:
    """Hold one block of the page.

    Attributes:
        name: what the page's mark calls it.
        program: the command that writes it.
        simulated: whether a card is simulated.
    """

    name: str
    program: str
    simulated: bool


BLOCKS = (
    Block("start.py", "start.py", simulated=False),
    Block("test_gpu.py", "test_gpu.py", simulated=False),
    Block("start.py, simulated card", "start.py", simulated=True),
    Block("test_gpu.py, simulated card", "test_gpu.py", simulated=True),
)
"""Those that need no torch, in the order of the page."""

WITH_TORCH = (
    Block("start.py, simulated card, torch", "start.py", simulated=True),
    Block("test_gpu.py, simulated card, torch", "test_gpu.py", simulated=True),
)
"""Those that `--torch` is about."""


def main() -> int:
    """Run from the command line; 1 if the page says something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--torch", action="store_true")
    arguments = parser.parse_args()
    differs = False
    with tempfile.TemporaryDirectory() as temporary:
        checkout = Checkout(Path(temporary) / "voice")
        checkout.prepare(torch=arguments.torch)
        for block, language in product(WITH_TORCH if arguments.torch else BLOCKS, _LANGUAGES):
            lines = list(checkout.lines(block, language))
            if arguments.write:
                put_block(language, block.name, lines)
            elif arguments.check:
                differs |= _differs(language, block.name, lines)
            else:
                print(f"{page_of(language).name}: {block.name}\n")
                print("\n".join(lines), end="\n\n", flush=True)
    return int(differs)


class Checkout:
    """Copy this checkout, as somebody has it who uses it for the first time.

    Args:
        folder: where it is, or will be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = folder / ".venv" / "voice_assistant.json"
        self._installed = b""

    def prepare(self, *, torch: bool) -> None:
        """Copy the files and make the environment, with torch for the simulated card or without."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for name in filter(None, listed.decode().split("\0")):
            if (ROOT / name).is_file():
                target = self._folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, target)
        wrapper = _SIMULATED if torch else ()
        subprocess.run(
            [*wrapper, sys.executable, "start.py", "setup"],
            cwd=self._folder,
            env=self._environment("en"),
            stdout=sys.stderr,
            timeout=_TORCH_S,
            check=True,
        )
        self._installed = self._stamp.read_bytes()

    def lines(self, block: Block, language: Locale) -> Iterator[str]:
        """Return the lines that a program writes, as the page shows them."""
        wrapper = _SIMULATED if block.simulated else ()
        port = _free_port()
        options = ("--port", port) if block.program == "start.py" else ()
        command = [*wrapper, sys.executable, block.program, *options]
        # An installation of torch that was stopped may have been noted as one that failed.
        self._stamp.write_bytes(self._installed)
        with _silent_index() as index:
            environment = {**self._environment(language), **index}
            lines = self._run(command, environment, serves=bool(options))
        for line in lines:
            if is_shown(line, language):
                yield line.replace(str(self._folder), _HOME).replace(f":{port}", f":{_PORT}")

    def _run(
        self, command: Sequence[str], environment: Mapping[str, str], *, serves: bool
    ) -> list[str]:
        """Return all lines of a program; a service is stopped once it is ready and says no more."""
        lines: list[str] = []
        with subprocess.Popen(
            command,
            cwd=self._folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        ) as process:
            pipe = process.stdout or ()
            reader = threading.Thread(target=lambda: lines.extend(map(str.rstrip, pipe)))
            reader.start()
            if serves:
                _wait_until_quiet(lines)
                said = len(lines)
                os.killpg(process.pid, signal.SIGINT)
                process.wait(_LONGEST_S)
                reader.join()
                return lines[:said]
            process.wait(_LONGEST_S)
            reader.join()
        return lines

    def _environment(self, language: Locale) -> dict[str, str]:
        """Return that of this process, without settings and without models from elsewhere."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICE_")}
        nowhere = str(self._folder / "nowhere")
        places = {"MODELSCOPE_CACHE": nowhere, "XDG_CACHE_HOME": nowhere}
        return {**kept, **places, "VOICE_LOCALE": language, "PYTHONUTF8": "1"}


@contextmanager
def _silent_index() -> Iterator[dict[str, str]]:
    """Variables for pip that lead it to a package index which accepts connections and no more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": "",
            "PIP_INDEX_URL": f"http://127.0.0.1:{listener.getsockname()[1]}/simple",
        }


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _wait_until_quiet(lines: Sequence[str]) -> None:
    """Wait until a service is ready and has had nothing to say for a while.

    Raises:
        TimeoutError: it does not get ready.
    """
    deadline = time.monotonic() + _LONGEST_S
    seen, since = 0, time.monotonic()
    while True:
        time.sleep(0.1)
        if len(lines) != seen:
            seen, since = len(lines), time.monotonic()
        if any(_READY in line for line in lines) and time.monotonic() - since > _QUIET_S:
            return
        if time.monotonic() > deadline:
            raise TimeoutError("\n".join(lines))


def _differs(language: Locale, name: str, lines: Sequence[str]) -> bool:
    """Print what the page has and the program does not write, and the other way round."""
    said = Counter(normal(line, language) for line in block_of(language, name))
    written = Counter(normal(line, language) for line in lines)
    for sign, only in (("-", said - written), ("+", written - said)):
        for line in only.elements():
            print(f"{page_of(language).name}, {name}: {sign} {line}")
    return said != written


if __name__ == "__main__":
    sys.exit(main())
