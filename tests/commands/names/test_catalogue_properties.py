from __future__ import annotations

from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from voice_assistant.commands.decision import CONFIDENCE
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.normalise import key, normalise

NAMES = st.text(st.sampled_from("微信百度一1aA b搜"), min_size=1, max_size=4).filter(key)
ENTRIES = st.builds(
    Entry,
    st.sampled_from(["app", "site"]),
    NAMES,
    st.lists(NAMES, max_size=2).map(tuple),
    of_user=st.booleans(),
    search=st.sampled_from([None, "https://e.org/{query}"]),
)
SAID = NAMES | st.text(max_size=6)


@given(st.lists(ENTRIES, max_size=8))
def test_every_name_means_something_and_nothing_twice(entries: list[Entry]) -> None:
    catalogue = Catalogue(entries)
    for entry in entries:
        for name in entry.names:
            exact = catalogue.exact(normalise(name))
            found = catalogue.find(normalise(name))
            assert found is not None
            assert (found.entries, found.level) == (exact, "exact")
            assert len({(each.kind, each.name) for each in exact}) == len(exact) > 0


@given(st.lists(ENTRIES, max_size=8))
def test_the_user_s_own_come_first(entries: list[Entry]) -> None:
    catalogue = Catalogue(entries)
    owned = [entry.of_user for entry in catalogue.entries]
    assert owned == sorted(owned, reverse=True)
    for entry in entries:
        if entry.of_user:
            assert all(each.of_user for each in catalogue.exact(normalise(entry.name)))
    site = catalogue.search_site()
    assert site is None or site.search


@given(st.lists(ENTRIES, max_size=6), NAMES)
def test_a_kind_is_a_preference(entries: list[Entry], name: str) -> None:
    catalogue = Catalogue(entries)
    kinds_asked: tuple[Literal["app", "site"], ...] = ("app", "site")
    for each in kinds_asked:
        found = catalogue.exact(normalise(name), each)
        assert bool(found) == bool(catalogue.exact(normalise(name)))
        kinds = {other.kind for other in found}
        assert len(kinds) <= 1 or each not in kinds


@given(st.lists(ENTRIES, max_size=8), SAID)
def test_what_nobody_called_anything_is_looked_for_all_the_same(
    entries: list[Entry], said: str
) -> None:
    catalogue = Catalogue(entries)
    name = normalise(said)
    if not name:
        return
    known = {entry.name for entry in entries}
    similar = catalogue.similar(name)
    assert set(similar) <= known
    assert len(set(similar)) == len(similar) <= 3
    for found in (catalogue.find(name), catalogue.find(name, near=False)):
        assert found is None or (found.entries and found.level in CONFIDENCE)
