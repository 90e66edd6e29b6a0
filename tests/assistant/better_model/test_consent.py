from __future__ import annotations

import pytest

from tests.support.app import MakeSettings
from voice_assistant.assistant.better_model.consent import Consent


def test_nobody_has_been_asked(make_settings: MakeSettings) -> None:
    assert Consent(make_settings()).given("medium") is None


def test_answers_are_remembered_by_model(make_settings: MakeSettings) -> None:
    settings = make_settings()
    Consent(settings).remember("medium", agreed=False)
    Consent(settings).remember("small", agreed=True)
    later = Consent(settings)
    assert (later.given("medium"), later.given("small"), later.given("base")) == (False, True, None)
    later.remember("medium", agreed=True)
    assert Consent(settings).given("medium") is True
    assert [path.name for path in settings.model_dir.iterdir()] == ["answers.json"]


@pytest.mark.parametrize(("download", "given"), [("yes", True), ("no", False)])
def test_the_settings_come_first(make_settings: MakeSettings, download: str, given: bool) -> None:
    settings = make_settings(download=download)
    consent = Consent(settings)
    consent.remember("medium", agreed=not given)
    assert consent.given("medium") is given


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'"medium"', b"\xff", b'{"medium": "yes"}', b"[[1]]"]
)
def test_a_broken_file_does_not_matter(make_settings: MakeSettings, content: bytes) -> None:
    settings = make_settings()
    settings.model_dir.mkdir()
    (settings.model_dir / "answers.json").write_bytes(content)
    consent = Consent(settings)
    assert consent.given("medium") is None
    consent.remember("medium", agreed=True)
    assert consent.given("medium") is True


def test_a_folder_that_cannot_be_written_to(make_settings: MakeSettings) -> None:
    settings = make_settings()
    settings.model_dir.write_text("a file where the folder should be")
    consent = Consent(settings)
    consent.remember("medium", agreed=True)
    assert consent.given("medium") is None
