"""Print what a program says on a computer with a card that is not there.

`python -m benchmarks.simulated_card [--gb 16] [--used-gb 5.3] -- COMMAND` puts a management library
of NVIDIA's in its way that answers for one card, on which a language model takes `--user-mb`. Linux
with a C compiler. What is made from the answers is real; torch, which asks the driver itself, finds
no card.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

_LIBRARY = "libnvidia-ml.so.1"
_SOURCE = Path(__file__).with_name("simulated_card.c")


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", default="NVIDIA GeForce RTX 4080")
    parser.add_argument("--gb", type=float, default=17.171, help="10⁹ bytes")
    parser.add_argument("--used-gb", type=float, default=5.7)
    parser.add_argument("--user-mb", type=float, default=5120)
    parser.add_argument("--driver", default="580.95.05")
    parser.add_argument("--cuda", default="13.0")
    parser.add_argument("--capability", default="8.9")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        library = Path(place) / _LIBRARY
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, _SOURCE], check=True)
        # Users are shown by the name of their program.
        program = shutil.copy(shutil.which("sleep") or "sleep", Path(place) / "ollama")
        with subprocess.Popen([program, "1000000"]) as user:
            # The command gets Ctrl-C, too, and may have something to say.
            signal.signal(signal.SIGINT, lambda *_: None)
            try:
                environment = {**_answers(arguments, user.pid), "LD_LIBRARY_PATH": place}
                return subprocess.call(arguments.command, env={**os.environ, **environment})
            finally:
                user.kill()


def _answers(arguments: argparse.Namespace, user: int) -> dict[str, str]:
    major, minor = arguments.cuda.split(".")
    return {
        "CARD_NAME": arguments.name,
        "CARD_TOTAL": str(round(arguments.gb * 1e9)),
        "CARD_USED": str(round(arguments.used_gb * 1e9)),
        "CARD_DRIVER": arguments.driver,
        "CARD_CUDA": f"{major}0{minor}0",
        "CARD_CAPABILITY": arguments.capability.replace(".", ""),
        "CARD_USER": str(user if arguments.user_mb else 0),
        "CARD_USER_BYTES": str(round(arguments.user_mb * 1e6)),
    }


if __name__ == "__main__":
    sys.exit(main())
