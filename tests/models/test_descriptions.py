from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.errors import ConfigError
from voice_assistant.models.descriptions import read_models
from voice_assistant.models.known import built_in, find_models
from voice_assistant.models.model import Dimensions, Model, ModelFile, PackagePart

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
    models = find_models(path)
    assert list(models)[: len(built_in())] == list(built_in())
    return {name: model for name, model in models.items() if name not in built_in()}


def reason_of(tmp_path: Path, text: str) -> str:
    """What is said of a file that is wrong, after its name."""
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "CONFIG_INVALID"
    file, _, reason = str(caught.value.params["detail"]).partition("models.toml: ")
    assert Path(file) == tmp_path
    return reason


def test_no_file_no_models(tmp_path: Path) -> None:
    assert find_models(tmp_path / "models.toml") == built_in()


def test_an_empty_file(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n") == {}


def test_a_model_in_ctranslate2_form(tmp_path: Path) -> None:
    files = (
        ModelFile("model.bin", 10, DIGEST, "who/mine"),
        ModelFile("config.json", 2, DIGEST, "who/mine", "http://127.0.0.1:9/config.json"),
    )
    nothing = ModelFile("mine.pt", 0, "0" * 64)
    expected = replace(built_in()["small"], name="mine", checkpoint=nothing, files=files)
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
    assert list(find_models(path))[-1] == "mine"


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
    assert reason in reason_of(tmp_path, MINE.replace(old, new))


@pytest.mark.parametrize(
    "text", ["model = 5", "model = [1, 2]", "[model]\nname = 'a'", "[[model]]\nfile = []"]
)
def test_what_is_no_table(tmp_path: Path, text: str) -> None:
    assert reason_of(tmp_path, text)


def test_a_model_without_files(tmp_path: Path) -> None:
    text = "[[model]]\nname = 'mine'\nlike = 'base'\nfile = []\n"
    assert reason_of(tmp_path, text) == "mine has no files"


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"models\.toml: "):
        find_models(path)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CONFIG_INVALID") as caught:
        find_models(tmp_path)
    assert str(tmp_path) in str(caught.value.params["detail"])


def test_a_file_has_a_repository_of_its_own_or_that_of_its_model(tmp_path: Path) -> None:
    text = MINE.replace("size = 10", 'size = 10\nmodelscope = "/who/else/"')
    files = read(tmp_path, text)["mine"].files
    assert [file.modelscope for file in files] == ["who/else", "who/mine"]


ALONE = MINE.replace(
    'like = "small"',
    """parameters = 1
languages = 99
weights_mib = { float16 = 1 }
working_mib = 2
cpu_cost = 0.5
""",
).replace(
    "[[model.file]]",
    """[model.dimensions]
n_mels = 80
n_audio_ctx = 1500
n_audio_state = 8
n_audio_head = 1
n_audio_layer = 2
n_vocab = 51865
n_text_ctx = 448
n_text_state = 8
n_text_head = 1
n_text_layer = 2

[[model.file]]
parts = [{ package = "some_package", path = "data/model.bin" }]""",
    1,
)
"""A model that says everything itself, as the built-in ones do."""


def test_where_there_is_no_model_to_be_like_everything_is_said() -> None:
    (model,) = read_models(ALONE, {}).values()
    assert (model.parameters, model.languages, model.cpu_cost) == (1, 99, 0.5)
    assert (model.weights_mib, model.working_mib) == ({"float16": 1}, 2)
    assert model.dimensions == Dimensions(80, 1500, 8, 1, 2, 51865, 448, 8, 1, 2)
    assert model.files[0].parts == (PackagePart("some_package", "data/model.bin"),)
    assert not model.packaged


@pytest.mark.parametrize("line", ["parameters = 1", "n_mels = 80", 'package = "some_package", '])
def test_nothing_of_that_may_be_left_out(line: str) -> None:
    assert line in ALONE
    with pytest.raises(ValueError, match="missing"):
        read_models(ALONE.replace(line, ""), {})


def test_a_model_of_the_user_s_has_its_shape_from_another_one(tmp_path: Path) -> None:
    assert reason_of(tmp_path, ALONE) == "'like' is missing or unknown"


def test_no_file_is_read_before_it_is_asked_for(tmp_path: Path) -> None:
    """Whatever is wrong with the user's, every module can be imported and say so."""
    code = """
import os, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import voice_assistant.launcher.serve, voice_assistant.downloader.main, voice_assistant.api.app
import voice_assistant.self_check.gather, voice_assistant.converter.__main__
inside = [path for path in opened if path.startswith(os.getcwd()) and "site-packages" not in path]
print(*{path for path in inside if not path.endswith(".py") and "__pycache__" not in path})
"""
    broken = tmp_path / "models.toml"
    broken.write_text("[[model]]", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "VOICE_MODELS_FILE": str(broken)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
