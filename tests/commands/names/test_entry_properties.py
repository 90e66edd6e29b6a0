from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.commands.names.entry import PLATFORMS, read_entries
from voice_assistant.commands.normalise import key
from voice_assistant.errors import ConfigError

TEXT = st.text(max_size=8) | st.sampled_from(["微信", "B站", "wechat", "QQ", "", " ", "，", "\0"])
URLS = st.text(max_size=12) | st.sampled_from(
    [
        "https://example.org",
        "http://[::1",
        "https://e.org/{query}",
        "https://{query}.org",
        "file:///",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | TEXT | URLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
COMMANDS = st.lists(TEXT, max_size=3) | st.lists(st.lists(TEXT, max_size=3), max_size=2)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT | ANYTHING,
        "aliases": st.lists(TEXT, max_size=3) | ANYTHING,
        "command": COMMANDS
        | st.dictionaries(st.sampled_from([*PLATFORMS, "bsd"]), COMMANDS)
        | ANYTHING,
        "url": URLS | ANYTHING,
        "search": URLS | ANYTHING,
    },
)
APPS = st.fixed_dictionaries({"name": TEXT, "aliases": st.lists(TEXT), "command": COMMANDS})
SITES = st.fixed_dictionaries({"name": TEXT, "url": URLS}, optional={"search": URLS})
TABLES = st.fixed_dictionaries(
    {},
    optional={
        "app": st.lists(APPS | ROWS, max_size=3) | ANYTHING,
        "site": st.lists(SITES | ROWS, max_size=3) | ANYTHING,
        "other": ANYTHING,
    },
)


@given(TABLES)
@example({"app": [{"name": "a", "command": ["a", ["b"]]}]})
@example({"app": [{"name": "a", "command": ["a\0"]}]})
@example({"app": [{"name": "a", "command": ["a", ""]}]})
@example({"site": [{"name": "a", "url": "https://e.org", "search": "https://{query}.org"}]})
def test_any_table_is_entries_or_one_sentence(data: dict[str, Any]) -> None:
    try:
        entries = read_entries(data, of_user=True)
    except ConfigError as error:
        assert error.code == "CONFIG_INVALID"
        assert error.params["detail"]
        return
    for entry in entries:
        assert entry.of_user
        assert key(entry.name)
        for argv in (argv for argvs in entry.commands.values() for argv in argvs):
            assert argv
            assert all(argument and "\0" not in argument for argument in argv)
        assert set(entry.commands) <= set(PLATFORMS)
        for address in filter(None, (entry.url, entry.search)):
            assert address.startswith(("http://", "https://"))
            assert address.isprintable()
        assert entry.search is None or entry.search.count("{query}") == 1
