from __future__ import annotations

import math

import pytest

from voice_assistant.speech.transcript import Segment, Transcript


def transcript(*segments: Segment) -> Transcript:
    return Transcript("", "zh", 1.0, segments, {})


def test_longer_segments_count_for_more() -> None:
    both = transcript(Segment(0, 3, "", -0.1, 0), Segment(3, 4, "", -0.5, 0))
    assert both.log_probability == pytest.approx(-0.2)


def test_nothing_at_all_is_least_likely() -> None:
    assert transcript().log_probability == -math.inf
