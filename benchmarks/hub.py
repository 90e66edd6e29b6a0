"""Run a model hub on loopback, with faults: `python -m benchmarks.hub FOLDER --status 404`."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from tests.support.hub import Faults, running_hub


def main() -> None:
    """Serve until Ctrl-C; print what was sent each time Enter is pressed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    for each in fields(Faults):
        name = f"--{each.name.replace('_', '-')}"
        if isinstance(each.default, bool):
            parser.add_argument(name, action="store_true")
        else:
            parser.add_argument(name, type=type(each.default), default=each.default)
    arguments = parser.parse_args()
    faults = Faults(**{each.name: getattr(arguments, each.name) for each in fields(Faults)})
    with running_hub(arguments.folder, faults, arguments.port) as hub:
        print(f"MODELSCOPE_ENDPOINT={hub.url}", flush=True)
        while True:
            input()
            print(hub.sent.total(), "bytes over", hub.connections, "connections", flush=True)


if __name__ == "__main__":
    main()
