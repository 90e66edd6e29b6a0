from __future__ import annotations

import re

import pytest

from voice_assistant.commands.templates import MOST, expand, expanded


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("锁屏", ["锁屏"]),
        ("open ", ["open "]),
        ("", [""]),
        ("锁屏[幕]", ["锁屏", "锁屏幕"]),
        ("(音量|声音)最大", ["音量最大", "声音最大"]),
        ("[调|开]大", ["大", "调大", "开大"]),
        ("锁(屏)", ["锁屏"]),
        ("(截屏|截图|)", ["截屏", "截图", ""]),
        ("调大[[一]点]", ["调大", "调大点", "调大一点"]),
        ("[把](音量|声音)", ["音量", "声音", "把音量", "把声音"]),
        ("(a[b]|c(d|e))f", ["af", "abf", "cdf", "cef"]),
        ("lock [the |my ]screen", ["lock screen", "lock the screen", "lock my screen"]),
    ],
)
def test_a_template_stands_for_texts(template: str, texts: list[str]) -> None:
    assert list(expand(template)) == texts


def test_a_text_that_can_be_made_in_two_ways_stands_there_once() -> None:
    assert expand("[的][的]") == ("", "的", "的的")


def test_what_marks_other_templates_is_a_letter_here() -> None:
    assert expand("{名} <词> c++.*") == ("{名} <词> c++.*",)


@pytest.mark.parametrize(
    ("template", "complaint"),
    [
        ("锁[屏", "] is missing"),
        ("(锁|关", ") is missing"),
        ("锁屏]", "] has no place there"),
        ("锁屏)", ") has no place there"),
        ("[锁)屏]", ") has no place there"),
        ("(锁[屏)]", ") has no place there"),
        ("锁屏|关机", "| has no place there"),
    ],
)
def test_a_template_that_is_written_wrong_is_named(template: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{template}: {complaint}")):
        expand(template)


def test_a_template_may_stand_for_many_texts_but_not_for_any_number() -> None:
    thousand = "(0|1|2|3|4|5|6|7|8|9)" * 3
    assert len(expand(thousand)) == MOST
    with pytest.raises(ValueError, match=f"more than {MOST}"):
        expand(f"{thousand}[0]")
    with pytest.raises(ValueError, match=f"more than {MOST}"):
        expand(f"({thousand}|10)")


def test_a_product_that_no_memory_would_hold_is_refused_before_it_is_made() -> None:
    with pytest.raises(ValueError, match=f"more than {MOST}"):
        expand("[a]" * 200)


def test_lists_are_expanded_wherever_they_are_and_other_texts_are_not() -> None:
    data = {
        "heads": ["请[问]", "帮"],
        "open": {"verbs": ["(打|点)开"], "nothing": []},
        "named": {"[百度]一下": "百度[网]"},
        "system": [{"name": "锁[屏]", "confirm": True, "wordings": ["锁[屏]"]}],
    }
    assert expanded(data) == {
        "heads": ["请", "请问", "帮"],
        "open": {"verbs": ["打开", "点开"], "nothing": []},
        "named": {"[百度]一下": "百度[网]"},
        "system": [{"name": "锁[屏]", "confirm": True, "wordings": ["锁", "锁屏"]}],
    }


def test_what_is_expanded_stays_as_it_is() -> None:
    once = expanded({"heads": ["请[问]"], "system": [{"wordings": ["锁[屏]"]}]})
    assert expanded(once) == once
