from __future__ import annotations

import struct

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.hostile_uploads import speechlike, wav
from tests.support.properties import little_memory, unreliable
from voice_assistant.speech.worker.sound.wav_header import is_broken_wav

SOUND = speechlike(0.5).tobytes()
GOOD = wav(SOUND)
CHUNKS = st.lists(
    st.tuples(st.binary(min_size=4, max_size=4).filter(lambda name: name != b"data"), st.binary())
)


@given(unreliable(GOOD, wav(b"", declared=2**32 - 1), longest=2000))
@example(GOOD[:36] + b"LIST" + b"\xff\xff\xff\xff" + GOOD[36:])
def test_whatever_it_is_it_is_a_yes_or_a_no(data: bytes) -> None:
    with little_memory(1_000_000):
        assert is_broken_wav(data) in (True, False)


def test_chunks_without_length_take_no_time() -> None:
    assert is_broken_wav(b"RIFF\0\0\0\0WAVE" + bytes(8 * 100_000))


@given(CHUNKS, st.integers(0, len(SOUND)))
def test_only_missing_sound_breaks_a_file(chunks: list[tuple[bytes, bytes]], missing: int) -> None:
    listed = b"".join(
        struct.pack("<4sI", b"n" + name[1:], len(data)) + data + b"\0" * (len(data) % 2)
        for name, data in chunks
    )
    data = GOOD[:36] + listed + GOOD[36:]
    assert is_broken_wav(data[: len(data) - missing]) == (missing > 4096)
