from __future__ import annotations

from typing import Any

import pytest

from voice_assistant.commands.__main__ import main
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.commands.wordings.sampler import Sample, samples

APP, SITE = "计算器", "知乎"


def test_every_sample_is_understood(grammar_data: dict[str, Any], builtin: CommandLibrary) -> None:
    lost = [
        sample for sample in samples(grammar_data, APP, SITE) if not _understood(sample, builtin)
    ]
    assert lost == []


def _understood(sample: Sample, library: CommandLibrary) -> bool:
    understanding = library.decide(sample.text)
    if sample.command_type is not None:
        return understanding.command_type == sample.command_type
    return understanding.target in (APP, SITE) and understanding.command_type in ("app", "site")


def test_every_list_of_the_grammar_is_sampled(grammar_data: dict[str, Any]) -> None:
    text = "\n".join(sample.text for sample in samples(grammar_data, APP, SITE))
    lists = [grammar_data["heads"], grammar_data["tails"], grammar_data["search"]["verbs"]]
    lists += [
        grammar_data["open"][name]
        for name in ("verbs", "site_verbs", "only_site_verbs", "weak_verbs", "fillers", "then")
    ]
    assert [word for words in lists for word in words if word.strip() not in text] == []


def test_the_command_line_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sample", "微信"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "open\t打开微信" in lines
    assert "关闭\t关闭微信" in lines
