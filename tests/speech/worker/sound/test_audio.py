from __future__ import annotations

import io
import socket
import struct
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import pytest

from tests.support.encoding import encode, likeness
from tests.support.hostile_uploads import hostile_uploads, speechlike, wav
from tests.support.sounds import clip, tone
from voice_assistant.errors import AudioError
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples


class Kind(NamedTuple):
    container: str
    codec: str
    rate: int = SAMPLE_RATE
    layout: str = "mono"
    streamed: bool = False


KINDS = [
    *(Kind("wav", "pcm_s16le", rate) for rate in (8_000, 11_025, 16_000, 22_050, 44_100, 48_000)),
    Kind("wav", "pcm_u8"),
    Kind("wav", "pcm_s24le", 48_000),
    Kind("wav", "pcm_f32le", 44_100),
    Kind("wav", "pcm_s16le", 44_100, "stereo"),
    Kind("wav", "pcm_s16le", 16_000, streamed=True),
    Kind("aiff", "pcm_s16be", 44_100),
    Kind("mp3", "libmp3lame", 44_100),
    Kind("mp3", "libmp3lame", 22_050, "stereo", streamed=True),
    Kind("ipod", "aac", 44_100),
    Kind("mp4", "aac", 48_000, "stereo"),
    Kind("adts", "aac", 44_100),
    Kind("flac", "flac", 48_000, "stereo"),
    Kind("flac", "flac", 16_000, streamed=True),
    Kind("ogg", "libopus", 48_000),
    Kind("ogg", "vorbis", 44_100, "stereo"),
    Kind("webm", "libopus", 48_000),
    Kind("webm", "libopus", 48_000, streamed=True),
]


def refusal(data: bytes, max_s: float = 60) -> str:
    """The code of the error."""
    with pytest.raises(AudioError) as caught:
        decode(data, max_s)
    return caught.value.code


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: "-".join(map(str, kind)))
def test_every_kind_gives_the_same_sound(spoken: Samples, kind: Kind) -> None:
    data = encode(
        spoken,
        kind.container,
        kind.codec,
        rate=kind.rate,
        layout=kind.layout,
        streamed=kind.streamed,
    )
    samples = decode(data, max_s=60)
    assert samples.dtype == np.float32
    # The others round up to whole frames.
    slack = 2 if kind.codec.startswith(("pcm", "flac")) else 0.1 * SAMPLE_RATE
    assert len(samples) == pytest.approx(len(spoken), abs=slack)
    assert likeness(samples, spoken) > 0.97


def test_streamed_webm_has_no_duration(spoken: Samples) -> None:
    """What Firefox's `MediaRecorder` makes, and the test above decodes."""
    data = encode(spoken, "webm", "libopus", rate=48_000, streamed=True)
    with av.open(io.BytesIO(data)) as file:
        assert file.duration is None


def test_full_scale_is_one() -> None:
    samples = decode(wav(struct.pack("<4h", 32767, -32768, 16384, 0) * 1000), max_s=60)
    assert samples[:4] == pytest.approx([1.0, -1.0, 0.5, 0.0], abs=1e-4)


def test_stereo_is_mixed() -> None:
    left_only = np.zeros((SAMPLE_RATE, 2), "<i2")
    left_only[:, 0] = 10_000
    samples = decode(wav(left_only.tobytes(), channels=2), max_s=60)
    assert len(samples) == SAMPLE_RATE
    assert samples == pytest.approx(5_000 / 32768, abs=1e-4)


def test_a_song_with_a_cover(spoken: Samples) -> None:
    mp3 = encode(spoken, "mp3", "libmp3lame", rate=44_100)
    png = dict(hostile_uploads())["png"]
    picture = b"\0image/png\0\x03\0" + png
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    size = len(frame)
    tag = b"ID3\x03\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
    data = tag + frame + mp3
    with av.open(io.BytesIO(data)) as file:
        assert len(file.streams.video) == 1
    assert likeness(decode(data, max_s=60), spoken) > 0.97


def test_numbers_that_are_none() -> None:
    floats = tone(1).astype("<f4")
    floats[100], floats[200], floats[300], floats[400] = np.nan, np.inf, -np.inf, 1e30
    samples = decode(wav(floats.tobytes(), bits=32, kind=3), max_s=60)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1
    assert samples[[100, 200, 300, 400]].tolist() == [0, 1, -1, 1]


def test_numbers_that_are_none_are_mixed() -> None:
    floats = np.full((1000, 2), [np.inf, -np.inf], "<f4")
    floats[5] = 3e38, 3e38
    samples = decode(wav(floats.tobytes(), channels=2, bits=32, kind=3), max_s=60)
    assert samples[4:7].tolist() == [0, 1, 0]


@pytest.mark.parametrize("channels", [3, 6, 8])
def test_more_channels(channels: int) -> None:
    data = np.repeat(speechlike(1)[:, None], channels, axis=1).tobytes()
    samples = decode(wav(data, channels=channels), max_s=60)
    assert samples == pytest.approx(speechlike(1) / 32768, abs=1e-4)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_numbers_that_are_none_are_resampled(rate: int) -> None:
    floats = np.full(rate, np.nan, "<f4")
    floats[::7] = np.inf
    samples = decode(wav(floats.tobytes(), bits=32, kind=3, rate=rate), max_s=60)
    assert np.isfinite(samples).all()


def test_the_limit_is_kept() -> None:
    assert len(decode(wav(speechlike(2).tobytes()), max_s=2)) == 2 * SAMPLE_RATE
    with pytest.raises(AudioError) as caught:
        decode(wav(speechlike(2.01).tobytes()), max_s=2)
    assert caught.value.code == "AUDIO_TOO_LONG"
    assert caught.value.params == {"limit_s": 2}


def test_a_header_that_says_less_does_not_help() -> None:
    flac = bytearray(encode(tone(5), "flac", "flac"))
    flac[21:26] = bytes([flac[21] & 0xF0, 0, 0, 0, 1])
    assert refusal(bytes(flac), max_s=2) == "AUDIO_TOO_LONG"
    assert refusal(encode(tone(5), "webm", "libopus", rate=48_000, streamed=True), 2) == (
        "AUDIO_TOO_LONG"
    )


@pytest.mark.parametrize("container", ["wav", "flac", "ipod", "mp4", "webm", "aiff"])
@pytest.mark.parametrize("share", [0.4, 0.8])
def test_the_rest_is_missing(spoken: Samples, container: str, share: float) -> None:
    codecs = {"flac": "flac", "ipod": "aac", "mp4": "aac", "webm": "libopus", "aiff": "pcm_s16be"}
    codec = codecs.get(container, "pcm_s16le")
    rate = 48_000 if codec == "libopus" else SAMPLE_RATE
    whole = encode(spoken, container, codec, rate=rate)
    decode(whole, max_s=60)
    assert refusal(whole[: int(share * len(whole))]) in ("BROKEN_AUDIO", "UNSUPPORTED_FORMAT")


def test_sound_that_a_busy_browser_lost_is_not_a_missing_rest(spoken: Samples) -> None:
    """Chromium's time stamps go on while its microphone is late, and its header has their end."""
    data = encode(spoken, "webm", "libopus", rate=48_000, lost_s=1.0)
    with av.open(io.BytesIO(data)) as file:
        assert file.duration == pytest.approx((len(spoken) / SAMPLE_RATE + 1) * 1e6, abs=1e5)
    assert len(decode(data, max_s=60)) == pytest.approx(len(spoken), abs=0.1 * SAMPLE_RATE)


def test_a_recording_of_a_moment_is_empty(spoken: Samples) -> None:
    """Chromium's, stopped before its first packet: a head and nothing else."""
    data = encode(spoken, "webm", "libopus", rate=48_000, streamed=True)
    first_cluster = data.index(b"\x1f\x43\xb6\x75")
    assert refusal(data[:first_cluster]) == "EMPTY_AUDIO"


def test_holes_in_the_middle(spoken: Samples) -> None:
    data = bytearray(encode(spoken, "flac", "flac"))
    data[3000:-3000] = bytes(len(data) - 6000)
    assert refusal(bytes(data)) == "BROKEN_AUDIO"


REFUSED = {
    "empty": "EMPTY_AUDIO",
    "noise bytes 2": "UNSUPPORTED_FORMAT",
    "zip": "UNSUPPORTED_FORMAT",
    "png": "UNSUPPORTED_FORMAT",
    "text": "UNSUPPORTED_FORMAT",
    "svg": "UNSUPPORTED_FORMAT",
    "subtitles": "UNSUPPORTED_FORMAT",
    "mp4 without sound": "UNSUPPORTED_FORMAT",
    "wav of rate zero": "UNSUPPORTED_FORMAT",
    "wav of one hertz": "UNSUPPORTED_FORMAT",
    "wav of four gigahertz": "UNSUPPORTED_FORMAT",
    "wav of unknown codec": "UNSUPPORTED_FORMAT",
    "wav of 65535 channels": "BROKEN_AUDIO",
    "wav says an hour": "BROKEN_AUDIO",
    "flac that lies": "BROKEN_AUDIO",
    "flac truncated": "BROKEN_AUDIO",
    "wav header only": "BROKEN_AUDIO",
    "wav of an hour of silence": "AUDIO_TOO_LONG",
}


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    return dict(hostile_uploads())


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(hostile: dict[str, bytes], name: str) -> None:
    assert refusal(hostile[name], max_s=600) == REFUSED[name]


def test_a_list_of_files_opens_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.flac").write_bytes(clip("zm_yunxi_000"))
    monkeypatch.chdir(tmp_path)
    for entry in ("other.flac", tmp_path / "other.flac", (tmp_path / "other.flac").as_uri()):
        assert refusal(f"ffconcat version 1.0\nfile '{entry}'\n".encode()) == "UNSUPPORTED_FORMAT"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{entry}\n#EXT-X-ENDLIST\n"
        assert refusal(playlist.encode()) == "UNSUPPORTED_FORMAT"


def test_a_playlist_calls_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"
        playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{url}\n#EXT-X-ENDLIST\n"
        assert refusal(playlist.encode()) == "UNSUPPORTED_FORMAT"
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_session_description_is_not_waited_for() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1] & ~1
    sdp = (
        f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n"
    )
    assert refusal(sdp.encode()) == "UNSUPPORTED_FORMAT"
