"""Write a `commands.toml` of a list of names: `python -m benchmarks.names NAMES.tsv`.

The file has tabs between its columns: `name` holds what people ask to open, variants after a slash,
and `smp_app` and `smp_site` how often they mean an app or a site by it. `--requests FILE.tsv` adds
the targets of such a file as `benchmarks.intent` takes. `--more N` adds that many words of
pypinyin's dictionary, always the same. The commands do nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from pathlib import Path

from pypinyin.constants import PHRASES_DICT

from benchmarks.intent import read_requests

_LONGEST = 6


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", type=Path)
    parser.add_argument("--requests", type=Path)
    parser.add_argument("--more", type=int, default=0)
    arguments = parser.parse_args()
    kinds: dict[str, str] = {}
    aliases: dict[str, list[str]] = {}
    with arguments.names.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name, *others = row["name"].split("/")
            kinds[name] = "site" if int(row["smp_site"]) > int(row["smp_app"]) else "app"
            aliases[name] = others
    known = {name for name, others in aliases.items() for name in (name, *others)}
    for request in read_requests(arguments.requests) if arguments.requests else ():
        if request.label != "chat" and request.target and request.target not in known:
            kinds.setdefault(request.target, request.label.removeprefix("open_"))
    words = [word for word in PHRASES_DICT if 2 <= len(word) <= _LONGEST and word not in known]
    rng = random.Random(1)  # noqa: S311 -- nothing secret
    kinds |= dict.fromkeys(rng.sample(words, arguments.more), "app")
    for name, kind in kinds.items():
        how = 'command = ["true"]' if kind == "app" else 'url = "https://example.com/"'
        own = json.dumps(aliases.get(name, []), ensure_ascii=False)
        print(
            f"[[{kind}]]\nname = {json.dumps(name, ensure_ascii=False)}\naliases = {own}\n{how}\n"
        )


if __name__ == "__main__":
    main()
