from __future__ import annotations

import pytest

from voice_assistant.assistant.better_model.states import (
    Declined,
    Failed,
    Fetched,
    Fetching,
    FetchStatus,
    Found,
    NothingBetter,
    Offered,
    Progress,
    State,
    Undecided,
    after_answer,
    after_arrival,
    after_failed_conversion,
    after_search,
    status_of,
)
from voice_assistant.errors import ModelError
from voice_assistant.models.events import DownloadProgress

SOME = Progress(100, 40, 8.0, 7.5)
ERROR = ModelError("DOWNLOAD_FAILED", model="small", detail="")

OFFERED = Offered("small", 100)
DECLINED = Declined("small", SOME)
FETCHING = Fetching("small", SOME)
FETCHED = Fetched("small", SOME)
FAILED = Failed("small", SOME, ERROR)

ALL: tuple[State, ...] = (
    Undecided(),
    NothingBetter(),
    OFFERED,
    DECLINED,
    FETCHING,
    FETCHED,
    FAILED,
)


@pytest.mark.parametrize("found", [NothingBetter(), Offered("medium", 9), FETCHED])
@pytest.mark.parametrize("state", ALL)
def test_a_search_changes_only_what_nobody_has_answered(state: State, found: Found) -> None:
    is_open = state in (Undecided(), NothingBetter(), OFFERED)
    assert after_search(state, found) == (found if is_open else state)


@pytest.mark.parametrize(
    ("state", "follows"),
    [
        (OFFERED, Fetching("small", Progress(100))),
        (DECLINED, FETCHING),
        (FAILED, FETCHING),
        (Undecided(), None),
        (NothingBetter(), None),
        (FETCHING, None),
        (FETCHED, None),
    ],
)
def test_yes_begins_or_repeats_a_download(state: State, follows: State | None) -> None:
    assert after_answer(state, agreed=True) == follows


@pytest.mark.parametrize(
    ("state", "follows"),
    [
        (OFFERED, Declined("small", Progress(100))),
        (DECLINED, DECLINED),
        (FETCHING, DECLINED),
        (FAILED, DECLINED),
        (Undecided(), None),
        (NothingBetter(), None),
        (FETCHED, None),
    ],
)
def test_no_is_kept_until_all_of_it_is_here(state: State, follows: State | None) -> None:
    assert after_answer(state, agreed=False) == follows


@pytest.mark.parametrize(
    ("state", "follows"),
    [(OFFERED, Fetched("small", Progress(100))), (DECLINED, FETCHED), (FAILED, FETCHED)],
)
def test_what_somebody_has_put_here_is_not_offered_any_more(state: State, follows: State) -> None:
    assert after_arrival(state, {"base", "small"}) == follows


@pytest.mark.parametrize("state", ALL)
def test_another_model_that_comes_changes_nothing(state: State) -> None:
    assert after_arrival(state, {"base"}) == state


@pytest.mark.parametrize("state", [Undecided(), NothingBetter(), FETCHING, FETCHED])
def test_what_is_not_waited_for_is_not_changed_by_its_coming(state: State) -> None:
    assert after_arrival(state, {"small"}) == state


def test_what_was_here_and_cannot_be_converted_is_missing_after_all() -> None:
    failed = Failed("small", Progress(100, 0, 8.0, 7.5), ERROR)
    assert after_failed_conversion(FETCHED, "small", ERROR) == failed
    assert after_failed_conversion(FETCHED, "base", ERROR) is None


@pytest.mark.parametrize("state", [state for state in ALL if state != FETCHED])
def test_a_conversion_of_what_was_not_here_changes_nothing(state: State) -> None:
    assert after_failed_conversion(state, "small", ERROR) is None


def test_a_download_moves_and_ends() -> None:
    event = DownloadProgress("small", 60, 120, 9.0, None)
    assert FETCHING.moved(event) == Fetching("small", Progress(120, 60, 9.0))
    assert FETCHING.ended(ERROR) == FAILED
    assert FETCHING.ended(None) == Fetched("small", Progress(100, 40, 8.0))


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (Undecided(), FetchStatus()),
        (NothingBetter(), FetchStatus()),
        (OFFERED, FetchStatus("offered", "small", 100)),
        (DECLINED, FetchStatus("declined", "small", 100, 40, 8.0, 7.5)),
        (FETCHING, FetchStatus("fetching", "small", 100, 40, 8.0, 7.5)),
        (FETCHED, FetchStatus("fetched", "small", 100, 40, 8.0, 7.5)),
        (FAILED, FetchStatus("failed", "small", 100, 40, 8.0, 7.5, ERROR)),
    ],
)
def test_every_state_is_shown(state: State, status: FetchStatus) -> None:
    assert status_of(state) == status
