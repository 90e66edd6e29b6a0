"""Define how sound is passed on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
"""Mono sound at 16 kHz, shape `(n,)`, -1…1."""

SAMPLE_RATE = 16_000
"""Samples per second, everywhere."""

WINDOW_S = 30.0
"""The longest stretch that Whisper hears at once, in seconds."""
