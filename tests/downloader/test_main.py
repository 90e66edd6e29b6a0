from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.hub import Hub
from voice_assistant.console import Console
from voice_assistant.downloader import main as main_module
from voice_assistant.downloader.main import INTERRUPTED, run
from voice_assistant.models.converted import write_record
from voice_assistant.models.model import Model, ModelFile
from voice_assistant.models.places import CONVERTED
from voice_assistant.models.store import sha256, verify_model

pytestmark = pytest.mark.usefixtures("described")


class Person(Console):
    """Somebody at a terminal who gives one answer."""

    def __init__(self, answer: str | None) -> None:
        super().__init__("en")
        self._answer = answer
        self.asked: list[str] = []

    def ask(self, key: str, **params: object) -> str | None:
        self.asked.append(key)
        return self._answer


def ran(line: str, answer: str | None = None) -> int:
    return run(line.split(), Person(answer))


@pytest.fixture
def installed(model: Model, models: Path, hub: Hub) -> Path:
    """The folder of a model that is here."""
    assert ran("--model tiny") == 0
    return models / "tiny"


def test_a_model_by_its_name(model: Model, models: Path, hub: Hub) -> None:
    assert ran("--model tiny --yes") == 0
    verify_model(model, models / "tiny")


def test_a_model_by_its_number(model: Model, models: Path, hub: Hub) -> None:
    assert ran("", "6") == 0
    verify_model(model, models / "tiny")


def test_the_recommended_one(
    model: Model, models: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_MODEL_PRIORITY", '["tiny"]')
    assert ran("--yes") == 0
    verify_model(model, models / "tiny")


def test_another_folder(model: Model, models: Path, hub: Hub, tmp_path: Path) -> None:
    assert run(["--model", "tiny", "--dir", str(tmp_path / "else where")], Console("en")) == 0
    verify_model(model, tmp_path / "else where" / "tiny")
    assert not models.exists()


@pytest.mark.parametrize(
    ("line", "answer", "code", "sentence"),
    [
        ("", None, 1, "Nobody can be asked"),
        ("", "9", 2, "9 is not a number from 1 to 6"),
        ("--json", "6", 1, ""),
        ("--model nobody", None, 1, "looked for nobody"),
        ("--model tiny", None, 1, "cannot be reached"),
        ("--model tiny --source official", None, 1, "does not have the model tiny"),
        ("--model medium --source registry", None, 1, "no complete medium"),
        ("--quick", None, 2, "--quick"),
        ("--remove", None, 2, "--remove --model NAME"),
    ],
)
def test_what_goes_wrong(
    line: str, answer: str | None, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(line, answer) == code
    assert sentence in capsys.readouterr().err


def test_json_errors_are_on_standard_output(
    model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "event": "error",
        "code": "DOWNLOAD_NOT_CHOSEN",
        "params": {},
    }


def test_json_of_a_download(model: Model, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--json --model tiny") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["key"] for line in lines if line["event"] == "note"] == [
        "download.fetching",
        "download.done",
    ]
    progress = [line for line in lines if line["event"] == "progress"]
    assert (progress[-1]["done"], progress[-1]["total"]) == (300_002, 300_002)


def test_a_setting_that_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_GPU_MEMORY_FRACTION", "3")
    assert ran("--list") == 1
    assert "gpu_memory_fraction" in capsys.readouterr().err.lower()


def test_interrupted(
    model: Model, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "fetch", interrupt)
    assert ran("--model tiny") == INTERRUPTED
    assert "Running the same command again continues" in capsys.readouterr().out


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--help") == 0
    written = capsys.readouterr().out
    for option in (
        "--model",
        "--source",
        "--dir",
        "--list",
        "--verify",
        "--remove",
        "--yes",
        "--json",
    ):
        assert option in written


def test_whole_files(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert ran("--verify") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"tiny: {installed / 'model.bin'} is whole",
        f"tiny: {installed / 'config.json'} is whole",
        "   not here: large-v3, large-v3-turbo, medium, small",
    ]


def test_a_model_to_verify_that_is_not_here(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--verify --model medium") == 1
    assert "not here: medium" in capsys.readouterr().out


def test_what_was_converted_is_verified_as_well(
    installed: Path, model: Model, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = installed / CONVERTED
    folder.mkdir()
    files = []
    for name in ("config.json", "model.bin", "vocabulary.json"):
        (folder / name).write_bytes(name.encode())
        files.append(ModelFile(name, len(name), sha256(folder / name)))
    write_record(model, folder, files)
    assert ran("--verify --model tiny") == 0
    assert f"{folder / 'model.bin'} is whole" in capsys.readouterr().out
    (folder / "model.bin").write_bytes(b"model.bon")
    assert ran("--verify --model tiny") == 1


def test_a_damaged_file_is_found_and_fetched_again(
    installed: Path, model: Model, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    with (installed / "model.bin").open("r+b") as stream:
        stream.write(b"damage")
    assert ran("--verify --model tiny") == 1
    assert "model.bin is damaged" in capsys.readouterr().err
    # Told, not touched.
    assert (installed / "model.bin").read_bytes().startswith(b"damage")
    assert ran("--verify --model base") == 0
    assert ran("--model tiny") == 0
    assert sha256(installed / "model.bin") == model.files[0].sha256
    assert ran("--verify") == 0


@pytest.mark.parametrize("answer", ["y", "Yes", "是"])
def test_removed_after_a_yes(installed: Path, answer: str) -> None:
    assert ran("--remove --model tiny", answer) == 0
    assert not installed.exists()


@pytest.mark.parametrize("answer", [None, "", "n", "tiny"])
def test_kept_after_anything_else(
    installed: Path, answer: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--remove --model tiny", answer) == 1
    assert "tiny was kept" in capsys.readouterr().out
    assert (installed / "model.bin").exists()


def test_removed_without_a_question(installed: Path) -> None:
    person = Person(None)
    assert run(["--remove", "--model", "tiny", "--yes"], person) == 0
    assert person.asked == []
    assert not installed.exists()


def test_what_is_elsewhere_is_named_and_left_alone(
    installed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cache = tmp_path / "caches" / "models" / "who--tiny" / "snapshots" / "master"
    cache.parent.mkdir(parents=True)
    installed.rename(cache)
    assert ran("--remove --model tiny --yes") == 0
    assert f"left alone: {cache / 'model.bin'}" in capsys.readouterr().out
    assert (cache / "model.bin").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows follows other rules")
def test_a_folder_that_cannot_be_removed(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = installed.with_name("elsewhere")
    installed.rename(elsewhere)
    installed.symlink_to(elsewhere)
    assert ran("--remove --model tiny --yes") == 1
    assert str(installed.parent) in capsys.readouterr().err
    assert (elsewhere / "model.bin").exists()
