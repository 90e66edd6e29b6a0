from __future__ import annotations

import json
from pathlib import Path

from hypothesis import example, given

from tests.support.app import settings_for
from tests.support.properties import one_in, unreliable
from voice_assistant.assistant.better_model.consent import Consent


@one_in(2)
@given(unreliable(json.dumps({"medium": True, "small": False}).encode()))
@example(b"[" * 100_000)
@example(b'{"medium": 1}')
def test_any_file_is_answers_or_none(tmp_path: Path, data: bytes) -> None:
    settings = settings_for(tmp_path)
    settings.model_dir.mkdir(exist_ok=True)
    (settings.model_dir / "answers.json").write_bytes(data)
    consent = Consent(settings)
    assert consent.given("medium") in (True, False, None)
    consent.remember("medium", agreed=False)
    assert consent.given("medium") is False
