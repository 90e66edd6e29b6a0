"""Check what a wav file says of itself; FFmpeg takes what is there and does not compare."""

from __future__ import annotations

import struct

_PCM = 1

# Some writers count a header or a pad byte too many; an eighth of a second cuts no word in half.
_SLACK = 4096

# Recorders that cannot go back to fill in the length leave 0, all ones, or a round two gigabytes.
_UNKNOWN_LENGTHS = (range(1), range(0x7FFFF000, 0x80000000), range(0xFFFFFFD0, 0x100000000))


def is_broken_wav(data: bytes) -> bool:
    """Return whether a wav file lacks part of its sound, or its samples cannot be real.

    Args:
        data: any file; one that is no wav is not broken here.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return False
    position = 12
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        position += 8
        if name == b"fmt " and size >= 16 and position + 16 <= len(data):
            kind, bits = struct.unpack_from("<H12xH", data, position)
            if kind == _PCM and bits % 8:
                return True
        if name == b"data":
            known = not any(size in lengths for lengths in _UNKNOWN_LENGTHS)
            return known and size > len(data) - position + _SLACK
        position += size + size % 2
    return True
