from __future__ import annotations

from voice_assistant.models.download.rate import FetchProgress, RateMeter


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def updates(*counts: tuple[float, int], total: int = 1000) -> list[FetchProgress]:
    clock = Clock()
    meter = RateMeter(total, clock)
    progress = []
    for clock.now, done in counts:
        progress.append(meter.update(done))
    return progress


def test_what_was_there_at_first_did_not_come_now() -> None:
    first, second = updates((0, 500), (2, 700))
    assert first == FetchProgress(500, 1000, 0.0, None)
    assert second == FetchProgress(700, 1000, 100.0, 3.0)


def test_it_follows_a_change_within_seconds() -> None:
    counts = [(float(second), 100 * second) for second in range(5)]
    slower = [(5.0 + second, 400 + second) for second in range(10)]
    assert updates(*counts, *slower)[-1].rate < 2


def test_nothing_comes() -> None:
    assert updates(*((float(second), 500) for second in range(20)))[-1].left_s is None


def test_bytes_that_were_taken_back() -> None:
    assert updates((0, 500), (1, 0))[-1] == FetchProgress(0, 1000, 0.0, None)


def test_percent() -> None:
    assert FetchProgress(250, 1000, 0.0, None).percent == 25
    assert FetchProgress(0, 0, 0.0, None).percent == 100
