"""What the built-in wordings promise to the grammar and to the people at the computer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from voice_assistant.commands.normalise import normalise
from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.desktop.action import Action


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)


def test_wordings_are_as_normalise_leaves_a_sentence(grammar_data: dict[str, Any]) -> None:
    no_wordings = {
        text for row in grammar_data["system"] for text in (row["name"], row.get("value"))
    }
    texts = [text for text in _texts(grammar_data) if text not in no_wordings]
    assert [text for text in texts if normalise(text) != text.strip()] == []


def test_english_words_end_where_the_next_begins(grammar_data: dict[str, Any]) -> None:
    verbs = [*grammar_data["open"]["verbs"], *grammar_data["search"]["verbs"]]
    assert [verb for verb in verbs if verb.isascii() and not verb.endswith(" ")] == []


def test_wordings_ask_for_every_action_and_no_other(grammar: Grammar) -> None:
    assert {meaning.name for meaning in grammar.system.meanings.values()} == set(Action)


def test_actions_that_end_a_session_need_a_yes(grammar: Grammar) -> None:
    confirmed = {meaning.name for meaning in grammar.system.meanings.values() if meaning.confirm}
    always = {
        name
        for name in confirmed
        if all(
            meaning.confirm for meaning in grammar.system.meanings.values() if meaning.name == name
        )
    }
    assert always == confirmed == {"关机", "重启", "注销", "休眠"}
