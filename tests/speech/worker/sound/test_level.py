from __future__ import annotations

import numpy as np
import pytest

from tests.support.sounds import at_level, noise, tone
from voice_assistant.speech.worker.sound.level import LEVEL_FRAME, levels, raise_quiet


def test_levels() -> None:
    samples = np.concatenate([tone(0.1), np.zeros(3 * LEVEL_FRAME + 7, np.float32)])
    assert levels(samples) == pytest.approx([-20] * 5 + [-120] * 3, abs=0.5)


def test_full_scale_is_zero() -> None:
    assert levels(np.ones(LEVEL_FRAME, np.float32)) == pytest.approx([0], abs=1e-6)


def test_nothing_has_no_level() -> None:
    assert levels(np.zeros(LEVEL_FRAME - 1, np.float32)).shape == (0,)


@pytest.mark.parametrize("decibels", [-10, -20, -24])
def test_what_is_loud_enough_stays(decibels: float) -> None:
    samples = np.concatenate([at_level(noise(1), -60), at_level(noise(0.1), decibels)])
    assert raise_quiet(samples) is samples


@pytest.mark.parametrize("decibels", [-30, -50, -69])
def test_quiet_sound_is_raised_as_a_whole(decibels: float) -> None:
    samples = np.concatenate([tone(1), 0.1 * tone(1)]) * np.float32(10 ** ((decibels + 20) / 20))
    raised = raise_quiet(samples)
    assert raised.dtype == np.float32
    assert levels(raised).max() == pytest.approx(-25, abs=0.5)
    assert raised / raised.max() == pytest.approx(samples / samples.max(), abs=1e-5)


def test_a_click_does_not_leave_the_scale() -> None:
    samples = at_level(noise(1), -70)
    samples[8000] = 0.2
    assert np.abs(raise_quiet(samples)).max() <= 1
