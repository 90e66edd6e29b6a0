"""Decode sound of any common kind, from memory, to samples."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from voice_assistant.errors import AudioError
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.wav_header import is_broken_wav

# Without both lists FFmpeg follows what a file says: ffconcat reads other files, SDP opens a UDP
# receiver and hangs 20 s, HLS makes requests.
_OPEN_OPTIONS = {
    "protocol_whitelist": "pipe",
    "format_whitelist": "wav,aiff,mp3,ogg,flac,matroska,webm,mov,mp4,m4a,aac",
}

# What sound cards and codecs really use. A header that says 1 Hz would make one frame unfold into
# hours.
_SAMPLE_RATES = range(4_000, 384_001)
_MOST_CHANNELS = 32

_DECODE_LIMIT_S = 4.0
"""Seconds of the processor after which a file is given up; 600 s of mp3 take about 0.5 s here. Not
of the clock: a busy computer must not refuse what it can read."""

# Containers whose header says how long the sound is; in others FFmpeg guesses from the bit rate.
_EXACT_DURATION = {"aiff", "flac", "matroska,webm", "mov,mp4,m4a,3gp,3g2,mj2"}


def decode(data: bytes, max_s: float) -> Samples:
    """Decode a recording to mono at 16 kHz, shape `(n,)`, float32, -1…1.

    Args:
        data: the bytes of a wav, aiff, mp3, m4a/mp4, aac, flac, ogg or webm file. The content
            decides; no file name is ever looked at.
        max_s: longest recording, in decoded seconds, whatever the header says.

    Raises:
        AudioError: `EMPTY_AUDIO`, `UNSUPPORTED_FORMAT`, `BROKEN_AUDIO` or `AUDIO_TOO_LONG`.
    """
    if not data:
        raise AudioError("EMPTY_AUDIO")
    if is_broken_wav(data):
        raise AudioError("BROKEN_AUDIO")
    try:
        with _open(data) as container:
            stream = _sound_of(container)
            samples, reached_s = _collect(container, stream, max_s)
            _refuse_truncated(container, stream, data, reached_s)
    except av.error.EOFError as error:
        # A browser's recording of a moment: all head, no sound.
        raise AudioError("EMPTY_AUDIO") from error
    except (av.FFmpegError, ValueError, MemoryError) as error:
        raise AudioError("BROKEN_AUDIO") from error
    return samples


def _open(data: bytes) -> InputContainer:
    try:
        return av.open(io.BytesIO(data), "r", options=dict(_OPEN_OPTIONS), metadata_errors="ignore")
    except (av.error.InvalidDataError, av.error.ArgumentError) as error:
        # FFmpeg knows no such format, or it does and the format is not on the list.
        raise AudioError("UNSUPPORTED_FORMAT") from error


def _sound_of(container: InputContainer) -> AudioStream:
    for stream in container.streams.audio:
        if stream.codec_context is not None:  # PyAV 17 crashes on a codec that FFmpeg lacks
            return stream
    raise AudioError("UNSUPPORTED_FORMAT")


def _collect(container: InputContainer, stream: AudioStream, max_s: float) -> tuple[Samples, float]:
    """Return the sound, and how far into the recording it reached, in seconds.

    The two differ where a busy machine's browser lost sound: its time stamps go on, its samples
    do not.
    """
    parts: list[Samples] = []
    count = 0
    reached_s = 0.0
    # FFmpeg's own way to mono adds channels up to √2 of full scale, and clips. Packed, since PyAV
    # crashes on planes of eight channels.
    resampler = av.AudioResampler(format="flt", rate=SAMPLE_RATE)
    for frame in _frames(container, stream):
        if frame:
            reached_s = max(reached_s, (frame.time or 0.0) + frame.samples / frame.sample_rate)
            frame.pts = None  # gaps and jumps in time stamps are not silence
        for resampled in resampler.resample(frame):
            channels = resampled.to_ndarray().reshape(-1, resampled.layout.nb_channels)
            # Float formats can carry NaN, infinity or anything above full scale.
            bounded = np.clip(np.nan_to_num(channels, nan=0.0), -1.0, 1.0)
            part: Samples = bounded.mean(axis=1, dtype=np.float32)
            count += len(part)
            if count > max_s * SAMPLE_RATE:
                raise AudioError("AUDIO_TOO_LONG", limit_s=max_s)
            parts.append(part)
    if not count:
        raise AudioError("BROKEN_AUDIO")
    return np.concatenate(parts), max(reached_s, count / SAMPLE_RATE)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame | None]:
    """Return the decoded frames, then `None` to flush the resampler."""
    deadline = time.process_time() + _DECODE_LIMIT_S
    decoded = False
    for frame in container.decode(stream):
        if time.process_time() > deadline:
            raise AudioError("BROKEN_AUDIO")
        if frame.sample_rate not in _SAMPLE_RATES or frame.layout.nb_channels > _MOST_CHANNELS:
            raise AudioError("UNSUPPORTED_FORMAT")
        decoded = True
        yield frame
    if decoded:
        yield None


def _refuse_truncated(
    container: InputContainer, stream: AudioStream, data: bytes, reached_s: float
) -> None:
    """Refuse half a recording: it could be half a command, with another meaning."""
    exact = container.format.name in _EXACT_DURATION or (
        container.format.name == "mp3" and any(tag in data[:4096] for tag in (b"Xing", b"Info"))
    )
    if stream.duration and stream.time_base:
        declared_s = float(stream.duration * stream.time_base)
    else:
        declared_s = (container.duration or 0) / av.time_base
    if exact and reached_s < 0.98 * declared_s - 0.25:
        raise AudioError("BROKEN_AUDIO")
