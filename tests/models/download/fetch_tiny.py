"""Fetches one file, as a process that can be killed: NAME SIZE SHA256 URL FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.published import REPOSITORY, tiny
from voice_assistant.models.download.fetch import Fetch
from voice_assistant.models.download.offer import find_offers
from voice_assistant.models.download.rate import FetchProgress
from voice_assistant.models.model import ModelFile


def main(name: str, size: str, sha256: str, url: str, folder: str) -> None:
    """Say `begun` at the first byte, and `waiting` if another process is at it."""
    begun = False

    def report(progress: FetchProgress) -> None:
        nonlocal begun
        if progress.done and not begun:
            begun = True
            say("begun")

    model = tiny(ModelFile(name, int(size), sha256, REPOSITORY, url))
    offers = find_offers(model, "ctranslate2", "auto")
    Fetch(model, Path(folder), report, lambda: say("waiting")).run(offers)
    say("done")


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
