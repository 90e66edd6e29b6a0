"""What the READMEs promise and what there is: each must name the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.app import app_for
from voice_assistant import ROOT
from voice_assistant.errors import STATUS
from voice_assistant.messages import Locale
from voice_assistant.models.known import built_in
from voice_assistant.self_check.table import table
from voice_assistant.settings import Settings

READMES = ["README.md", "README.zh-CN.md"]


@pytest.fixture(params=READMES)
def readme(request: pytest.FixtureRequest) -> str:
    return (ROOT / str(request.param)).read_text(encoding="utf-8")


def test_every_setting_is_described(readme: str) -> None:
    missing = [name for name in Settings.model_fields if f"`VOICE_{name.upper()}`" not in readme]
    assert missing == []


def test_every_setting_described_exists(readme: str) -> None:
    named = {name.lower() for name in re.findall(r"(?<!window\.)VOICE_([A-Z_]+)", readme)}
    ours = {"fake_text", "fake_delay_s"} | set(Settings.model_fields)
    assert named - ours == set()


def test_every_route_is_described(readme: str, tmp_path: Path) -> None:
    app = app_for(Settings(engine="fake", log_file=tmp_path / "log"))
    for path in app.openapi()["paths"]:
        assert path in readme, path


def test_every_error_code_is_described(readme: str) -> None:
    assert [code for code in STATUS if f"`{code}`" not in readme] == []


def test_every_file_named_exists(readme: str) -> None:
    for name in re.findall(r"\]\((?!https?:|#)([^)#]+)\)", readme):
        assert (ROOT / name).exists(), name


def test_every_benchmark_named_exists(readme: str) -> None:
    for module in re.findall(r"-m (benchmarks\.\w+)", readme):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module


def test_both_languages_have_the_same_sections() -> None:
    def shape(name: str) -> list[int]:
        text = (ROOT / name).read_text(encoding="utf-8")
        outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
        return [len(marks) for marks in re.findall(r"^(#+) ", outside, flags=re.MULTILINE)]

    assert shape("README.md") == shape("README.zh-CN.md")


@pytest.mark.parametrize(("name", "language"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_the_advice_is_what_is_computed(name: str, language: Locale) -> None:
    assert table(Settings(), built_in(), language) in (ROOT / name).read_text(encoding="utf-8")
