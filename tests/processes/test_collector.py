from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from voice_assistant.processes.collector import permanent_objects


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_nothing_is_collected_meanwhile_and_what_was_made_is_left_alone() -> None:
    before = gc.get_freeze_count()
    with permanent_objects():
        assert not gc.isenabled()
        made: list[list[int]] = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(made)


def test_what_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ImportError), permanent_objects():
        raise ImportError
    assert gc.isenabled()


def test_who_had_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with permanent_objects():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
