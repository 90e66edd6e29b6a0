from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.models.custom import read_custom
from voice_assistant.models.known import BUILT_IN
from voice_assistant.models.model import Model, ModelFile

DIGEST = "ab" * 32

MINE = f"""
[[model]]
name = "mine"
like = "small"
modelscope = "who/mine"

[[model.file]]
name = "model.bin"
size = 10
sha256 = "{DIGEST.upper()}"

[[model.file]]
name = "config.json"
size = 2
sha256 = "{DIGEST}"
url = "http://127.0.0.1:9/config.json"
"""


def read(tmp_path: Path, text: str) -> dict[str, Model]:
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")
    return read_custom(path, BUILT_IN)


def test_no_file_no_models(tmp_path: Path) -> None:
    assert read_custom(tmp_path / "models.toml", BUILT_IN) == {}


def test_an_empty_file(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n") == {}


def test_a_model_in_ctranslate2_form(tmp_path: Path) -> None:
    files = (
        ModelFile("model.bin", 10, DIGEST, "who/mine"),
        ModelFile("config.json", 2, DIGEST, "who/mine", "http://127.0.0.1:9/config.json"),
    )
    nothing = ModelFile("mine.pt", 0, "0" * 64)
    expected = replace(BUILT_IN["small"], name="mine", checkpoint=nothing, files=files)
    assert read(tmp_path, MINE) == {"mine": expected}
    assert not expected.packaged


def test_a_checkpoint(tmp_path: Path) -> None:
    models = read(tmp_path, MINE.replace("model.bin", "best.pt"))
    assert models["mine"].checkpoint == ModelFile("best.pt", 10, DIGEST, "who/mine")
    assert [file.name for file in models["mine"].files] == ["config.json"]


def test_several(tmp_path: Path) -> None:
    models = read(tmp_path, MINE + MINE.replace('"mine"', '"other"'))
    assert list(models) == ["mine", "other"]


def test_a_file_that_notepad_wrote(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(MINE, encoding="utf-8-sig")
    assert list(read_custom(path, BUILT_IN)) == ["mine"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('name = "mine"', 'name = "base"', "'base'"),
        ('name = "mine"', 'name = "Base"', "'Base'"),
        ('name = "mine"', 'name = "../mine"', "'../mine'"),
        ('name = "mine"', 'name = ".mine"', "'.mine'"),
        ('name = "mine"', 'name = ""', "''"),
        ('name = "mine"', "name = 7", "int"),
        ('name = "mine"', "", "'name' is missing"),
        ('like = "small"', 'like = "tiny"', "'tiny' is missing or unknown"),
        ('like = "small"', "", "'like' is missing"),
        ('"model.bin"', '"../model.bin"', "'../model.bin'"),
        ('"model.bin"', '"C:\\\\model.bin"', "model.bin"),
        ("size = 10", "size = 0", "0 bytes"),
        ("size = 10", "size = -1", "-1 bytes"),
        ("size = 10", 'size = "large"', "large"),
        ("size = 10", "", "'size' is missing"),
        (DIGEST.upper(), "abc", "'abc' is no SHA-256"),
        (f'"{DIGEST.upper()}"', "5", "int"),
        ('modelscope = "who/mine"', "", "model.bin has neither"),
        ('modelscope = "who/mine"', "modelscope = 5", "int"),
        ('modelscope = "who/mine"', 'url = "file:///etc/passwd"', "model.bin has neither"),
        ("[[model.file]]", "[[model.files]]", "'file' is missing"),
        ("[[model]]", "[[models]]", "only [[model]] tables"),
        ("[[model]]", "[[model]", "line 2"),
    ],
)
def test_what_is_described_wrongly(tmp_path: Path, old: str, new: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"models\.toml: ") as caught:
        read(tmp_path, MINE.replace(old, new))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "text", ["model = 5", "model = [1, 2]", "[model]\nname = 'a'", "[[model]]\nfile = []"]
)
def test_what_is_no_table(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"models\.toml: "):
        read(tmp_path, text)


def test_a_model_without_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine has no files"):
        read(tmp_path, "[[model]]\nname = 'mine'\nlike = 'base'\nfile = []\n")


@pytest.mark.parametrize(
    ("text", "expected"), [(MINE, "['mine'] ''"), ("[[model]]", "[] \"{path}: 'name' is missing")]
)
def test_it_is_read_when_the_program_starts(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")
    code = (
        "from voice_assistant.models.known import BUILT_IN, MODELS, PROBLEM\n"
        "import sys; sys.stdout.write(f'{list(MODELS)[len(BUILT_IN):]} {PROBLEM!r}')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"VOICE_MODELS_FILE": str(path), "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(expected.format(path=path))
