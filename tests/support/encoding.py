"""Recordings of every kind, made in memory."""

from __future__ import annotations

import io

import av
import numpy as np

from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples


class _Pipe:
    """Takes bytes and cannot go back, like the stream that a browser records into."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def getvalue(self) -> bytes:
        return b"".join(self._parts)


def encode(
    samples: Samples,
    container: str,
    codec: str,
    *,
    rate: int = SAMPLE_RATE,
    layout: str = "mono",
    streamed: bool = False,
    lost_s: float = 0.0,
) -> bytes:
    """Encode with FFmpeg.

    Args:
        samples: at 16 kHz, shape `(n,)`.
        container: a muxer's name.
        codec: an encoder's name.
        rate: of the file, in Hz.
        layout: `mono` or `stereo`.
        streamed: without what can only be written by going back, such as the duration.
        lost_s: seconds in the middle that have time stamps but no sound, as a busy browser does.
    """
    out = _Pipe() if streamed else io.BytesIO()
    with av.open(out, "w", format=container) as file:
        # FFmpeg's own Vorbis encoder counts as an experiment; others take no notice.
        options = {"strict": "experimental"}
        stream = file.add_stream(codec, rate=rate, layout=layout, options=options)
        encoder = stream.codec_context
        encoder.open()
        resampler = av.AudioResampler(encoder.format, layout, rate, encoder.frame_size or 1024)
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = 0
        for part in [*resampler.resample(frame), *resampler.resample(None), None]:
            for packet in stream.encode(part):
                if lost_s and packet.pts * packet.time_base > len(samples) / SAMPLE_RATE / 2:
                    packet.pts = packet.dts = packet.pts + round(lost_s / packet.time_base)
                file.mux(packet)
    return out.getvalue()


def likeness(one: Samples, other: Samples) -> float:
    """Correlation of two recordings, -1…1, wherever the second begins in the first."""
    size = len(one) + len(other)
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    norm = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(np.fft.irfft(spectrum, size).max()) / norm
