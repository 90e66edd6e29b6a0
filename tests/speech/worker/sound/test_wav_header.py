from __future__ import annotations

import pytest

from tests.support.hostile_uploads import speechlike, wav
from voice_assistant.speech.worker.sound.wav_header import is_broken_wav

SOUND = speechlike(0.2).tobytes()


def test_a_good_file_is_good() -> None:
    assert not is_broken_wav(wav(SOUND))


@pytest.mark.parametrize("unknown", [0, 0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFFFFF, 0x7FFFF024])
def test_recorders_that_do_not_know_the_length(unknown: int) -> None:
    assert not is_broken_wav(wav(SOUND, declared=unknown))


def test_chunks_before_the_sound_are_passed_over() -> None:
    good = wav(SOUND)
    listed = good[:36] + b"LIST\x05\0\0\0INFOx\0" + good[36:]
    assert not is_broken_wav(listed)
    assert is_broken_wav(listed[:-5000])


def test_a_few_bytes_do_not_matter() -> None:
    assert not is_broken_wav(wav(SOUND)[:-8])


@pytest.mark.parametrize("missing", [5000, len(SOUND)])
def test_missing_sound_is_noticed(missing: int) -> None:
    assert is_broken_wav(wav(SOUND)[:-missing])


def test_samples_of_three_bits_are_not_real() -> None:
    assert is_broken_wav(wav(SOUND, bits=3))


@pytest.mark.parametrize("other", [b"", b"RIFF", b"fLaC", b"RIFF0000AVI ", b"\x1aE\xdf\xa3" * 20])
def test_other_files_are_left_to_others(other: bytes) -> None:
    assert not is_broken_wav(other)
