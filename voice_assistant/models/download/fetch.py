"""Fetch the files of a model, verify them and put them in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from voice_assistant.errors import ModelError
from voice_assistant.models.download.connection import SourceError
from voice_assistant.models.download.offer import Offer
from voice_assistant.models.download.partial import PartialFile
from voice_assistant.models.download.rate import FetchProgress, RateMeter
from voice_assistant.models.download.source import Source, SourceName, find_source
from voice_assistant.models.download.transfer import CONNECTIONS, PATIENCE, Patience, Transfer
from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.places import has
from voice_assistant.models.store import sha256
from voice_assistant.processes.files import is_disk_full, no_space
from voice_assistant.processes.lock import exclusive

# The journal, and what other programs write meanwhile.
_SPARE = 50_000_000


class Fetch:
    """Fetch one model into its folder.

    Args:
        model: the model.
        folder: where its files go.
        on_progress: called a few times a second.
        on_wait: called if another download of this model is under way, which is waited for.
        connections: to a source, at once.
        patience: how long it waits for what.
    """

    def __init__(
        self,
        model: Model,
        folder: Path,
        on_progress: Callable[[FetchProgress], None],
        on_wait: Callable[[], None],
        *,
        connections: int = CONNECTIONS,
        patience: Patience = PATIENCE,
    ) -> None:
        self._model = model
        self._folder = folder
        self._on_progress = on_progress
        self._on_wait = on_wait
        self._connections = connections
        self._patience = patience

    def run(self, offers: list[Offer]) -> Offer:
        """Fetch the files of the first offer that works, and return it.

        What is there already is not fetched again, be it a whole file or a part of one.

        Args:
            offers: at least one, best first.

        Raises:
            ModelError: `DISK_FULL`; `DOWNLOAD_FAILED`, the folder cannot be written to;
                `DOWNLOAD_UNREACHABLE`, `DOWNLOAD_REFUSED`, `DOWNLOAD_STALLED`,
                `DOWNLOAD_DIFFERS` or `DOWNLOAD_DAMAGED`, what was wrong with the first source.
        """
        first: ModelError | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with exclusive(self._folder / ".download.lock", self._on_wait):
                for offer in offers:
                    try:
                        self._fetch_files(offer)
                    except ModelError as error:
                        if error.code == "DISK_FULL":
                            raise
                        first = first or error
                    else:
                        return offer
        except OSError as error:
            if is_disk_full(error):
                raise no_space(self._folder, offers[0].size) from error
            raise self._error("FAILED", "", str(error)) from error
        raise first or self._error("FAILED", "", "no source")

    def _fetch_files(self, offer: Offer) -> None:
        meter, before = RateMeter(offer.size), 0
        for file in offer.files:
            behind = before  # each file's own, though the next one comes before the last report

            def report(done: int, behind: int = behind) -> None:
                self._on_progress(meter.update(behind + done))

            target = self._folder / file.name
            if not (has(target, file) and sha256(target) == file.sha256):
                self._fetch_file(target, file, offer.sources, report)
            before += file.size
            report(file.size)

    def _fetch_file(
        self,
        target: Path,
        file: ModelFile,
        names: tuple[SourceName, ...],
        report: Callable[[int], None],
    ) -> None:
        sources = [source for name in names if (source := find_source(name, file))]
        with closing(PartialFile(target, file)) as partial:
            self._require_space(file.size - partial.done)
            # Bytes that were changed on the way may come unchanged from elsewhere, or next time.
            for asked in (sources, sources[1:] or sources):
                try:
                    Transfer(
                        *(file, partial, asked, report),
                        connections=self._connections,
                        patience=self._patience,
                    ).run()
                except SourceError as error:
                    raise self._source_error(asked[0], error) from error
                if partial.sha256() == file.sha256:
                    partial.finish()
                    return
                partial.discard()
        raise self._error("DAMAGED", _host(sources[0]), file.name)

    def _require_space(self, need: int) -> None:
        if shutil.disk_usage(self._folder).free < need + _SPARE:
            raise no_space(self._folder, need + _SPARE)

    def _source_error(self, source: Source, error: SourceError) -> ModelError:
        return self._error(error.fault.upper(), _host(source), error.detail)

    def _error(self, fault: str, host: str, detail: str) -> ModelError:
        name = self._model.name
        return ModelError(f"DOWNLOAD_{fault}", model=name, source=host, detail=detail)


def _host(source: Source) -> str:
    return urlsplit(source.url).netloc
