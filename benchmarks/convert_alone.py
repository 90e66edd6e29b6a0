"""Convert in a process of its own, for `benchmarks.conversion`: nothing else is imported.

`python -m benchmarks.convert_alone NAME FOLDER`; the checkpoint lies in the folder. Writes JSON.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path

from voice_assistant.models.conversion import convert
from voice_assistant.models.known import built_in
from voice_assistant.models.store import sha256


def main() -> None:
    """Run from the command line."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    model = built_in()[name]
    checkpoint = folder / model.checkpoint.name
    # As if it were OpenAI's, which is not to be had here.
    file = replace(model.checkpoint, size=checkpoint.stat().st_size, sha256=sha256(checkpoint))
    began = time.perf_counter()
    done = convert(replace(model, checkpoint=file), folder)
    seconds = time.perf_counter() - began
    # Not `getrusage`, which counts the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    report = {
        "folder": str(done.folder),
        "published": done.published,
        "seconds": seconds,
        "checkpoint_mb": file.size / 1e6,
        "peak_mb": int(peak) * 1024 / 1e6,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
