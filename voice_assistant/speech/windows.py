"""Long recordings in stretches that Whisper can hear at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from voice_assistant.speech.samples import SAMPLE_RATE, WINDOW_S, Samples

# Leaves the model a second of silence at the end; it is happier to stop there.
_LONGEST = int((WINDOW_S - 1) * SAMPLE_RATE)
# A pause is looked for in the last third of a window.
_SEARCH = int(10 * SAMPLE_RATE)
_FRAME = SAMPLE_RATE // 10


def windows(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """Cut a recording at its quietest moments, without loss or overlap.

    Yields:
        Where a stretch begins, in samples, and the stretch, at most 29 s of it.
    """
    start = 0
    while len(samples) - start > _LONGEST:
        end = start + _LONGEST
        cut = end - _SEARCH + _quietest(samples[end - _SEARCH : end])
        yield start, samples[start:cut]
        start = cut
    yield start, samples[start:]


def _quietest(samples: Samples) -> int:
    """The middle of the quietest 0.1 s, in samples."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return int(np.argmin(np.square(frames).mean(axis=1))) * _FRAME + _FRAME // 2
