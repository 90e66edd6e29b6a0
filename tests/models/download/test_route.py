from __future__ import annotations

import threading
import time

import pytest

from voice_assistant.models.download.connection import SourceError
from voice_assistant.models.download.route import Route
from voice_assistant.models.download.source import Source

FIRST, SECOND = (
    Source("modelscope", "http://127.0.0.1:9/1"),
    Source("official", "http://127.0.0.1:9/2"),
)
BUSY = SourceError("refused", "HTTP 500")
GONE = SourceError("refused", "HTTP 404", lasting=True)
LATER = float("inf")


@pytest.fixture
def route() -> Route:
    return Route([FIRST, SECOND])


def measure(route: Route, source: Source, rate: int) -> None:
    """Let a source give so many bytes per second, for long enough."""
    for _ in range(5):
        route.tell(source, rate, 1.0)


def test_the_first_one_is_asked(route: Route) -> None:
    assert route.choose(scout=False) is FIRST
    assert route.error is None


def test_what_a_source_does_not_have_is_not_asked_for_twice(route: Route) -> None:
    assert route.blame(FIRST, GONE, LATER) == 1
    assert route.choose(scout=False) is SECOND


def test_one_with_an_alternative_is_given_up_sooner(route: Route) -> None:
    route.blame(FIRST, BUSY, LATER)
    assert route.choose(scout=False) is FIRST
    route.blame(FIRST, BUSY, LATER)
    assert route.choose(scout=False) is SECOND
    # It has none itself any more.
    for _ in range(4):
        route.blame(SECOND, BUSY, LATER)
    assert route.choose(scout=False) is SECOND
    route.blame(SECOND, BUSY, LATER)
    assert route.choose(scout=False) is None


def test_a_byte_makes_good_for_failures(route: Route) -> None:
    for _ in range(10):
        route.blame(FIRST, BUSY, LATER)
        route.tell(FIRST, 1, 0.1)
        assert route.choose(scout=False) is FIRST


def test_bytes_that_were_there_already_make_good_for_nothing(route: Route) -> None:
    for _ in range(2):
        route.blame(FIRST, BUSY, LATER)
        route.tell(FIRST, 1000, 0.1, fresh=False)
    assert route.choose(scout=False) is SECOND


def test_what_was_asked_at_the_same_time_fails_once(route: Route) -> None:
    began = time.monotonic()
    assert [route.blame(FIRST, BUSY, began) for _ in range(8)] == [1] * 8
    assert route.choose(scout=False) is FIRST


def test_the_error_is_that_of_the_first_source(route: Route) -> None:
    route.blame(SECOND, SourceError("stalled", "", lasting=True), LATER)
    assert route.error is None
    route.blame(FIRST, GONE, LATER)
    assert route.error is GONE


def test_a_slow_source_is_compared_with_the_next(route: Route) -> None:
    assert route.choose(scout=True) is FIRST  # nothing is known of it yet
    measure(route, FIRST, 10)
    assert route.choose(scout=True) is SECOND
    measure(route, SECOND, 100)
    assert route.choose(scout=False) is SECOND
    assert route.choose(scout=True) is SECOND


@pytest.mark.parametrize("rate", [5, 12])
def test_one_that_is_hardly_faster_is_left_alone(route: Route, rate: int) -> None:
    measure(route, FIRST, 10)
    assert route.choose(scout=True) is SECOND
    measure(route, SECOND, rate)
    assert route.choose(scout=True) is FIRST


def test_one_thread_at_a_time_compares(route: Route) -> None:
    measure(route, FIRST, 10)
    assert route.choose(scout=True) is SECOND
    chosen: list[Source | None] = []
    other = threading.Thread(target=lambda: chosen.append(route.choose(scout=True)))
    other.start()
    other.join()
    assert chosen == [FIRST]
    assert route.choose(scout=True) is SECOND


def test_the_only_source_is_not_compared() -> None:
    route = Route([FIRST])
    measure(route, FIRST, 10)
    assert route.choose(scout=True) is FIRST
