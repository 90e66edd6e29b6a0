"""Tell the recogniser what to expect: prompts and texts to weigh, from the catalogue's names."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from voice_assistant.commands.decision import CloseApp, OpenApp, OpenSite

if TYPE_CHECKING:
    from voice_assistant.commands.decision import Understanding
    from voice_assistant.commands.library import CommandLibrary

# The recogniser has room for about 200 tokens of context, and every one of them costs time.
_PROMPT_APPS = 6
_PROMPT_SITES = 4
_PROMPT_OWN = 12
_VERBS = ("打开", "访问", "启动", "打开", "去", "打开", "运行", "打开")
_ACTIONS = ("截图", "静音", "锁屏")

# Characters; a command with a filler and a particle around it has no more.
_LONGEST_UNCLEAR = 14

SEARCH_PROMPT = (
    "搜索今天的新闻、天气预报、菜谱的做法、电影、歌曲、价格、教程、股票、攻略、意思。"
    "用百度搜索附近的医院。"
)
"""What people search for: the prompt of a search's second pass.

The names of apps in the first prompt pull queries towards them.
"""


def first_prompt(library: CommandLibrary) -> str:
    """Return the prompt of the first pass: the user's own names, then those asked for most."""
    entries = library.catalogue().entries
    own = [entry.name for entry in entries if entry.of_user][:_PROMPT_OWN]
    built_in = [entry for entry in entries if not entry.of_user]
    apps = [entry.name for entry in built_in if entry.kind == "app"][:_PROMPT_APPS]
    sites = [entry.name for entry in built_in if entry.kind == "site"][:_PROMPT_SITES]
    # One list of names, not one phrase a name: after a run of alike phrases base goes on repeating
    # them.
    names = "、".join(dict.fromkeys([*own, *apps, *sites]))
    return f"打开{names}。启动、运行、访问、去看看。锁屏，截图，静音，音量调到五十，搜索天气。"


def next_prompt(library: CommandLibrary, text: str, names: int) -> str | None:
    """Return the prompt of another pass: the names that sound like what was recognised.

    `None` if another pass is not worth its time: nothing was said, or more than a command is.

    Args:
        library: whose names they are.
        text: what was recognised.
        names: how many names to expect.
    """
    # Its tables take long to load: the service starts without them.
    from voice_assistant.commands.normalise import key

    if not 1 < len(key(text)) <= _LONGEST_UNCLEAR:
        return None
    phrases = [f"{verb}{name}" for verb, name in zip(cycle(_VERBS), library.nearest(text, names))]
    return "，".join([*_ACTIONS, *phrases]) + "。"


def alternatives(
    library: CommandLibrary, understanding: Understanding, names: int
) -> tuple[str, ...]:
    """Return a command's text as it is, then with names in the place of its own that sound like it.

    Empty if no name stands in it as the catalogue has it.

    Args:
        library: whose names they are.
        understanding: what was recognised and what it asks for.
        names: how many to try.
    """
    command = understanding.command
    if not isinstance(command, OpenApp | OpenSite | CloseApp):
        return ()
    text = understanding.text
    folded = text.lower()
    said = [name for name in command.names if name.lower() in folded]
    if not said:
        return ()
    name = max(said, key=len)
    start = folded.index(name.lower())
    before, after = text[:start], text[start + len(name) :]
    others = [f"{before}{other}{after}" for other in library.nearest(text, names)]
    return tuple(dict.fromkeys([text, *others]))
