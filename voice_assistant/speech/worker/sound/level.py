"""Measure how loud a recording is, and raise quiet ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples

LEVEL_FRAME = SAMPLE_RATE // 50
"""Samples of 20 ms, over which a level is taken."""

# Base takes speech 30 dB below the usual for noise now and then (no-speech probability up to .44,
# and .83 at 42 dB below); raised to this it is as sure as ever, and noise stays noise.
_QUIET_DB = -25.0


def levels(samples: Samples) -> npt.NDArray[np.float64]:
    """Return the mean power of each 20 ms, in dB of full scale; shape `(n // 320,)`."""
    count = len(samples) // LEVEL_FRAME
    frames = samples[: count * LEVEL_FRAME].reshape(count, LEVEL_FRAME)
    power: npt.NDArray[np.float64] = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return 10 * np.log10(power + 1e-12)


def raise_quiet(samples: Samples) -> Samples:
    """Make a recording louder if it is quiet throughout; return any other as it is.

    Args:
        samples: shape `(n,)`, 20 ms or more.
    """
    gain_db = _QUIET_DB - float(levels(samples).max())
    if gain_db <= 0:
        return samples
    louder: Samples = np.clip(samples * np.float32(10 ** (gain_db / 20)), -1.0, 1.0)
    return louder
