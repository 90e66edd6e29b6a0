from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given

from tests.support.hostile_uploads import encode, good_wav, wav
from tests.support.properties import one_in, unreliable
from voice_assistant.errors import AudioError
from voice_assistant.speech.worker.sound.audio import decode

# Numbers that are none, and above full scale.
LOUD = np.array([np.nan, np.inf, -np.inf, 3.0, -7.5, 1e30, 0.5, -0.5] * 600, "<f4")

SAMPLES = {
    "wav": good_wav(0.3),
    "float wav": wav(LOUD.tobytes(), kind=3, bits=32),
    "flac": encode("flac", "flac", 0.3),
    "ogg": encode("ogg", "libopus", 0.3, rate=48_000),
    "webm": encode("webm", "libopus", 0.3, rate=48_000),
    "mp3": encode("mp3", "libmp3lame", 0.3),
    "m4a": encode("mp4", "aac", 0.3),
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_damaged_recording_is_sound_or_refused(kind: str) -> None:
    @one_in(2)
    @given(unreliable(SAMPLES[kind]))
    @example(SAMPLES[kind])
    def decode_or_refuse(data: bytes) -> None:
        try:
            samples = decode(data, max_s=60)
        except AudioError as error:
            assert error.code in (
                "EMPTY_AUDIO",
                "UNSUPPORTED_FORMAT",
                "BROKEN_AUDIO",
                "AUDIO_TOO_LONG",
            )
            return
        assert samples.dtype == np.float32
        assert samples.ndim == 1
        assert 0 < len(samples) <= 60 * 16_000
        assert np.abs(samples).max() <= 1

    decode_or_refuse()
