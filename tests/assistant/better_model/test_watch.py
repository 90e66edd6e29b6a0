from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.support.app import MakeSettings
from tests.support.surroundings import TORCH, surroundings
from voice_assistant.assistant.better_model.watch import DiskWatch
from voice_assistant.choice.surroundings import Surroundings
from voice_assistant.models.known import built_in
from voice_assistant.models.on_disk import OnDisk

pytestmark = pytest.mark.anyio

EMPTY = surroundings()


def watch(make_settings: MakeSettings, found: Iterable[Surroundings]) -> DiskWatch:
    """A watch whose polls find these, one after the other."""
    each = iter(found)
    return DiskWatch(make_settings(), built_in(), lambda *_: next(each))


def written(here: Surroundings, name: str, when_ns: int) -> Surroundings:
    """The same computer, where the files of a model were written at that time."""
    stored = here.on_disk[name].published
    assert stored is not None
    forms = OnDisk(published=replace(stored, written_ns=when_ns))
    return replace(here, on_disk={**here.on_disk, name: forms})


async def test_what_the_first_poll_finds_is_no_news(make_settings: MakeSettings) -> None:
    small = surroundings(folders=["small"])
    disk = watch(make_settings, [small, small])
    for _ in range(2):
        here = await disk.poll()
        assert here == small
        assert not disk.has_news(here)


async def test_news_is_news_until_it_is_taken_up(make_settings: MakeSettings) -> None:
    more = surroundings(folders=["small"], checkpoints=["medium"])
    disk = watch(make_settings, [EMPTY])
    await disk.poll()
    assert disk.has_news(more)
    assert disk.has_news(more)
    assert disk.take_up(more) == {"small", "medium"}
    assert not disk.has_news(more)


async def test_another_file_in_the_place_of_one_is_news(make_settings: MakeSettings) -> None:
    before = surroundings(folders=["small"], checkpoints=["medium"])
    after = written(before, "small", 2)
    disk = watch(make_settings, [before])
    await disk.poll()
    assert disk.has_news(after)
    assert disk.take_up(after) == {"small"}


async def test_what_is_gone_is_news_and_no_model_is_new(make_settings: MakeSettings) -> None:
    disk = watch(make_settings, [surroundings(folders=["small"])])
    await disk.poll()
    assert disk.has_news(EMPTY)
    assert disk.take_up(EMPTY) == frozenset()


async def test_a_torch_that_was_installed_is_news(make_settings: MakeSettings) -> None:
    disk = watch(make_settings, [EMPTY])
    await disk.poll()
    assert disk.has_news(surroundings(torch=TORCH))


async def test_what_cannot_be_read_tells_nothing(make_settings: MakeSettings) -> None:
    small = surroundings(folders=["small"])
    unreadable = replace(EMPTY, on_disk={**EMPTY.on_disk, "small": OnDisk(problem="not now")})
    disk = watch(make_settings, [unreadable, small])
    assert await disk.poll() is None
    assert await disk.poll() == small
    assert not disk.has_news(small)
