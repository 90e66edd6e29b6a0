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


SAMPLED = {
    "open": ["open.verbs", "open.site_verbs", "open.weak_verbs", "open.heard_as"],
    "open a site": ["open.only_site_verbs"],
    "have a look at a site": ["open.weak_verbs", "open.weak_tails"],
    "filler": ["open.fillers"],
    "what an app is called": ["open.app_nouns"],
    "what a site is called": ["open.site_nouns"],
    "object first": ["open.object_marks"],
    "verb last": ["open.before_last", "open.last_verbs"],
    "more to do": ["open.then"],
    "search": ["search.verbs"],
    "search at a site": [
        "search.site_marks", "search.site_ends", "search.verbs_with_site", "search.site_after",
    ],
    "音量": ["volume.what", "volume.how"],
    "新建文件夹": ["folder.verbs", "folder.what", "folder.called"],
    "关闭": ["close.verbs", "close.object_marks"],
}  # fmt: skip


@pytest.mark.parametrize("form", SAMPLED)
def test_every_word_that_shapes_a_form_is_in_its_samples(
    form: str, grammar_data: dict[str, Any]
) -> None:
    found = [sample.text for sample in samples(grammar_data, APP, SITE) if sample.form == form]
    text = "\n".join(found)
    paths = [path.split(".") for path in SAMPLED[form]]
    words = [word for table, name in paths for word in grammar_data[table][name]]
    assert [word for word in words if word.strip() not in text] == []


def test_every_head_tail_and_system_wording_is_sampled(grammar_data: dict[str, Any]) -> None:
    texts: dict[str, list[str]] = {}
    for sample in samples(grammar_data, APP, SITE):
        texts.setdefault(sample.form, []).append(sample.text)
    for form, words in [("head", grammar_data["heads"]), ("tail", grammar_data["tails"])]:
        assert [word for word in words if word.strip() not in "\n".join(texts[form])] == []
    for row in grammar_data["system"]:
        assert {*row["wordings"], *row.get("heard_as", ())} <= {*texts[row["name"]]}


def test_the_command_line_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--sample", "微信"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "open\t打开微信" in lines
    assert "关闭\t关闭微信" in lines
    assert "新建文件夹\t新建文件夹" in lines
