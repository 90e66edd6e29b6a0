"""Uploads that are broken or mean harm, each to be refused; made here, by hand or with PyAV."""

from __future__ import annotations

import gzip
import io
import math
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import av
import numpy as np

RATE = 16_000


def speechlike(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Something to hear, int16, shape `(n,)`."""
    time = np.arange(int(seconds * RATE)) / RATE
    return (8000 * np.sin(2 * math.pi * 220 * time) * np.sin(2 * math.pi * 3 * time)).astype("<i2")


def encode(container: str, codec: str, seconds: float, *, rate: int = RATE) -> bytes:
    """A good file of that kind."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(speechlike(seconds)[None], format="s16", layout="mono")
        frame.sample_rate = RATE
        fifo = av.AudioResampler(
            format=stream.codec_context.format.name,
            layout="mono",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        for part in [*fifo.resample(frame), *fifo.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return out.getvalue()


def wav(
    data: bytes,
    *,
    declared: int | None = None,
    rate: int = RATE,
    channels: int = 1,
    bits: int = 16,
    kind: int = 1,
) -> bytes:
    """A wav file whose header may lie."""
    size = len(data) if declared is None else declared
    block = channels * bits // 8
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        (36 + size) & 0xFFFFFFFF,
        b"WAVE",
        b"fmt ",
        16,
        kind,
        channels,
        rate,
        (rate * block) & 0xFFFFFFFF,
        block & 0xFFFF,
        bits,
        b"data",
        size & 0xFFFFFFFF,
    )
    return header + data


def good_wav(seconds: float = 1.0) -> bytes:
    """A wav file that is fine."""
    return wav(speechlike(seconds).tobytes())


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + bytes(8)) * 8)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def _video_only() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.wav", good_wav())
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        entry = tarfile.TarInfo("a.wav")
        entry.size = len(good_wav())
        file.addfile(entry, io.BytesIO(good_wav()))
    return out.getvalue()


def _long_flac() -> bytes:
    """An hour of silence in a few kilobytes a minute."""
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as file:
        stream = file.add_stream("flac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4608), "<i2"), format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = None
        for _ in range(3600 * RATE // 4608 + 1):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


def _flac_that_lies() -> bytes:
    """A second of sound whose header says eleven hours."""
    data = bytearray(encode("flac", "flac", 1.0))
    total = 11 * 3600 * RATE
    data[21] = (data[21] & 0xF0) | (total >> 32)
    data[22:26] = (total & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(data)


def _mp4_box_bomb() -> bytes:
    box = struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0"
    for _ in range(2000):
        box += struct.pack(">I4s", 0x7FFFFFFF, b"moov")
    return box


def hostile_uploads() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each; more than fifty."""
    yield "empty", b""
    yield "one byte", b"\0"
    yield "zeros", bytes(100_000)
    yield "ones", b"\xff" * 100_000
    yield "text", b"this is not audio\n" * 200
    yield "chinese text", "打开计算器".encode() * 500
    yield "json", b'{"audio": true}'
    yield "html", b"<!doctype html><audio src='file:///etc/passwd'></audio>"
    yield "svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    yield "shell", b"#!/bin/sh\nexit 1\n"
    yield "elf", b"\x7fELF\x02\x01\x01" + bytes(4000)
    yield "exe", b"MZ" + bytes(4000)
    yield "pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
    yield "png", _png()
    yield "gif", b"GIF89a\x01\0\x01\0\0\0\0;"
    yield "zip", _zip()
    yield "gzip", gzip.compress(good_wav())
    yield "gzip bomb", gzip.compress(bytes(50_000_000))
    yield "tar", _tar()
    rng = np.random.default_rng(1)
    for number, size in enumerate((100, 5_000, 300_000)):
        yield f"noise bytes {number}", rng.bytes(size)

    yield "ffconcat", b"ffconcat version 1.0\nfile README.md\nfile tests/clips/zm_yunxi_000.flac\n"
    yield "ffconcat absolute", b"ffconcat version 1.0\nfile /etc/passwd\n"
    yield "concat old", b"file 'tests/clips/zm_yunxi_000.flac'\nfile '/etc/hostname'\n"
    sdp = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 55555 RTP/AVP 0\n"
    yield "sdp", sdp.encode()
    yield (
        "hls",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
    )
    yield "hls file", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
    yield "m3u", b"#EXTM3U\nhttp://127.0.0.1:9/a.mp3\n"
    yield (
        "dash",
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>',
    )
    yield "smil", b"<smil><body><audio src='http://127.0.0.1:9/a'/></body></smil>"
    yield "subtitles", b"1\n00:00:00,000 --> 00:00:01,000\nhello\n"
    yield "ffmetadata", b";FFMETADATA1\ntitle=x\n"
    yield "imf", b'<?xml version="1.0"?><CompositionPlaylist/>'

    yield "wav header only", good_wav()[:44]
    yield "wav half a header", good_wav()[:20]
    yield "wav riff only", b"RIFF"
    yield "wav truncated", good_wav(3)[:20_000]
    yield "wav says four gigabytes", wav(bytes(200), declared=0xFFFFFF00)
    yield "wav says an hour", wav(speechlike(1).tobytes(), declared=3600 * RATE * 2)
    yield "wav of rate zero", wav(speechlike(1).tobytes(), rate=0)
    yield "wav of one hertz", wav(speechlike(1).tobytes(), rate=1)
    yield "wav of four gigahertz", wav(speechlike(1).tobytes(), rate=0xFFFFFFFF)
    yield "wav without channels", wav(speechlike(1).tobytes(), channels=0)
    yield "wav of 65535 channels", wav(speechlike(1).tobytes(), channels=65535)
    yield "wav of 3 bits", wav(speechlike(1).tobytes(), bits=3)
    yield "wav of unknown codec", wav(speechlike(1).tobytes(), kind=0x4242)
    yield "wav of an hour of silence", wav(bytes(3600 * 8000), rate=8000, bits=8)
    yield "flac of an hour of silence", _long_flac()
    yield "flac that lies", _flac_that_lies()
    yield "flac header only", encode("flac", "flac", 1.0)[:42]
    yield "flac truncated", encode("flac", "flac", 4.0)[: len(encode("flac", "flac", 4.0)) // 2]
    yield "m4a without its index", encode("mp4", "aac", 2.0)[:2_000]
    yield "m4a boxes of two gigabytes", _mp4_box_bomb()
    yield "mp4 without sound", _video_only()
    yield "mp3 header only", encode("mp3", "libmp3lame", 1.0)[:60]
    yield "ogg page only", encode("ogg", "libopus", 1.0)[:28]
    yield "ogg headers only", encode("ogg", "libopus", 1.0)[:80]
    yield "webm header only", encode("webm", "libopus", 1.0)[:100]
    yield "id3 without sound", b"ID3\x04\0\0\0\0\x0f\x76" + bytes(2038)
