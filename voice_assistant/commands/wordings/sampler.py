"""Print every wording that is accepted: `python -m voice_assistant.commands --sample 微信`.

The pieces of `data/grammar.toml` are put together again: each form with a name, then with each of
the optional pieces on its own, for they combine freely. As hassil's sampler does, but from the
lists that the matcher was made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from voice_assistant.commands.decision import CommandType
from voice_assistant.commands.templates import expanded

_QUERY = "天气预报"
_PERCENTAGE = "五十"


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold one accepted sentence.

    Attributes:
        text: the sentence, as `normalise` leaves it but for spaces.
        form: the part of the grammar that it shows: `open`, `search`, `system`, `close`, …
        command_type: what it asks for; `None` if that is what the name is, an app or a site.
    """

    text: str
    form: str
    command_type: CommandType | None = None


def samples(data: Mapping[str, Any], app: str, site: str) -> Iterator[Sample]:
    """Yield all wordings, with these names in them.

    Args:
        data: the content of `data/grammar.toml`.
        app: the name of an app.
        site: the name of a site whose search is known.
    """
    data = expanded(data)
    yield from _opening(data, app, site)
    yield from _searching(data["search"], site)
    yield from _system(data)
    yield from _closing(data["close"], app)


def _opening(data: Mapping[str, Any], app: str, site: str) -> Iterator[Sample]:
    form = data["open"]
    verb = form["verbs"][0]
    for other in [*form["verbs"], *form["site_verbs"], *form["weak_verbs"], *form["heard_as"]]:
        yield Sample(other + app, "open")
    for other in form["only_site_verbs"]:
        yield Sample(other + site, "open a site")
    for weak, tail in product(form["weak_verbs"], form["weak_tails"]):
        yield Sample(weak + site + tail, "have a look at a site")
    for filler in form["fillers"]:
        yield Sample(verb + filler + app, "filler")
    for noun in form["app_nouns"]:
        yield Sample(verb + app + noun, "what an app is called")
    for noun in form["site_nouns"]:
        yield Sample(verb + site + noun, "what a site is called")
    for mark, other in product(form["object_marks"], form["verbs"]):
        if not other.isascii():
            yield Sample(mark + app + other, "object first")
    for before, last in product(["", *form["before_last"]], form["last_verbs"]):
        yield Sample(app + before + last, "verb last")
    for head in data["heads"]:
        yield Sample(head + verb + app, "head")
    for tail in data["tails"]:
        yield Sample(verb + app + tail, "tail")
    for more in form["then"]:
        yield Sample(f"{verb}{app}{more}看一看", "more to do")


def _searching(form: Mapping[str, Any], site: str) -> Iterator[Sample]:
    for verb in form["verbs"]:
        yield Sample(verb + _QUERY, "search", "search")
    for mark, end, verb in product(form["site_marks"], form["site_ends"], form["verbs_with_site"]):
        yield Sample(mark + site + end + verb + _QUERY, "search at a site", "search")
    for after in form["site_after"]:
        yield Sample(f"search {_QUERY}{after}{site}", "search at a site", "search")


def _system(data: Mapping[str, Any]) -> Iterator[Sample]:
    for row in data["system"]:
        for wording in [*row["wordings"], *row.get("heard_as", ())]:
            yield Sample(wording, row["name"], "system")
    volume, folder = data["volume"], data["folder"]
    for what, how in product(volume["what"], volume["how"]):
        yield Sample(what + how + _PERCENTAGE, "音量", "system")
    for verb, what in product(folder["verbs"], folder["what"]):
        yield Sample(verb + what, "新建文件夹", "system")
        for called in folder["called"]:
            yield Sample(f"{folder['where'][0]}{verb}{what}{called}资料", "新建文件夹", "system")


def _closing(form: Mapping[str, Any], app: str) -> Iterator[Sample]:
    for verb in form["verbs"]:
        yield Sample(verb + app, "关闭", "system")
    for mark, verb in product(form["object_marks"], form["verbs"]):
        if not verb.isascii():
            yield Sample(mark + app + verb, "关闭", "system")
