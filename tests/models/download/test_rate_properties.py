from __future__ import annotations

import math
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.models.download.rate import RateMeter

TOTAL = 3_000_000_000
STEPS = st.lists(
    st.tuples(st.floats(0, 100, allow_subnormal=False), st.integers(0, TOTAL)), min_size=1
)


def clock(steps: list[tuple[float, int]]) -> Iterator[float]:
    now = 0.0
    for passed, _ in steps:
        now += passed
        yield now


@given(STEPS)
@example([(0.0, 5), (5e-324, 5_000_000)])
def test_progress_makes_sense_whatever_comes(steps: list[tuple[float, int]]) -> None:
    times = clock(steps)
    meter = RateMeter(TOTAL, lambda: next(times))
    for _, done in steps:
        progress = meter.update(done)
        assert (progress.done, progress.total) == (done, TOTAL)
        assert 0 <= progress.percent <= 100
        assert progress.rate >= 0
        assert (progress.left_s is None) == (progress.rate == 0)
        assert progress.left_s is None or progress.left_s >= 0


@given(st.integers(1, 10**9), st.floats(0.01, 4), st.integers(2, 60))
def test_a_steady_download_has_its_rate(per_step: int, step_s: float, count: int) -> None:
    times = (step_s * number for number in range(count))
    meter = RateMeter(per_step * 100, lambda: next(times))
    progress = [meter.update(per_step * number) for number in range(count)][-1]
    assert math.isclose(progress.rate, per_step / step_s, rel_tol=1e-6)


@given(st.integers(1, 10**9), st.floats(5.1, 1000))
def test_what_was_long_ago_does_not_count(burst: int, pause_s: float) -> None:
    times = iter([0.0, 1.0, 1.0 + pause_s, 2.0 + pause_s])
    meter = RateMeter(2 * burst, lambda: next(times))
    meter.update(0)
    meter.update(burst)
    meter.update(burst)
    stalled = meter.update(burst)
    assert (stalled.rate, stalled.left_s) == (0.0, None)
