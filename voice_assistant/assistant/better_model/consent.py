"""Remember what people have answered when they were offered a model."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from voice_assistant.processes.files import read_json, write_whole
from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)


class Consent:
    """Keep answers by model, beside the models, so that nobody is asked twice.

    Args:
        settings: which may answer for everybody (`VOICE_DOWNLOAD`).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path: Path = settings.model_dir / "answers.json"

    def given(self, model: str) -> bool | None:
        """Return whether a model may be fetched; `None` if nobody has been asked."""
        if self._settings.download != "ask":
            return self._settings.download == "yes"
        return self._read().get(model)

    def remember(self, model: str, *, agreed: bool) -> None:
        """Keep an answer."""
        answers = {**self._read(), model: agreed}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(answers).encode("utf-8"))
        except OSError as error:
            _LOG.warning("the answer cannot be kept: %s", error)

    def _read(self) -> dict[str, bool]:
        try:
            answers = read_json(self._path)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _LOG.warning("%s cannot be read: %s", self._path, error)
            return {}
        if not isinstance(answers, dict):
            _LOG.warning("%s is not what was written", self._path)
            return {}
        return {model: answer for model, answer in answers.items() if isinstance(answer, bool)}
