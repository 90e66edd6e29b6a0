from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from tests.hostile_uploads import wav
from tests.speech.sounds import tone
from voice_assistant.errors import AudioError
from voice_assistant.speech.engine import Hypothesis
from voice_assistant.speech.pipeline import transcribe
from voice_assistant.speech.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.transcript import Transcript


class ScriptedEngine:
    """Says one line after the other; `heard` is what it was asked."""

    name = "scripted"
    device = "cpu"
    compute_type = "none"

    def __init__(self, *lines: Hypothesis) -> None:
        self._lines = iter(lines)
        self.heard: list[tuple[float, str | None, str]] = []
        self.loudest = 0.0

    def recognise(self, samples: Samples, language: str | None, prompt: str) -> Hypothesis:
        self.heard.append((len(samples) / SAMPLE_RATE, language, prompt))
        self.loudest = float(np.abs(samples).max())
        return next(self._lines)


def line(text: str, language: str = "zh", no_speech: float = 0.01) -> Hypothesis:
    return Hypothesis(text, language, -0.2, no_speech)


def recording(parts: Iterable[Samples]) -> bytes:
    sound = np.concatenate([np.zeros(0, np.float32), *parts])
    return wav((sound * 32767).astype("<i2").tobytes())


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def run(
    engine: ScriptedEngine, data: bytes, language: str | None = "zh", prompt: str = ""
) -> Transcript:
    return transcribe(engine, data, max_s=100, language=language, prompt=prompt)


def test_one_sentence() -> None:
    engine = ScriptedEngine(line("打開計算器?"))
    transcript = run(engine, recording([silence(1), tone(1), silence(2)]), prompt="打开微信。")
    assert transcript.text == "打开计算器？"
    assert transcript.language == "zh"
    assert transcript.duration_s == 4.0
    assert set(transcript.timings_ms) == {"decode", "recognise"}
    assert all(milliseconds >= 0 for milliseconds in transcript.timings_ms.values())
    [segment] = transcript.segments
    assert segment.text == "打开计算器？"
    assert (segment.start_s, segment.end_s) == (0.7, 2.3)
    assert (segment.average_log_probability, segment.no_speech_probability) == (-0.2, 0.01)


def test_the_engine_hears_only_the_sound() -> None:
    engine = ScriptedEngine(line("好"))
    run(engine, recording([silence(1), tone(1), silence(2)]), language="en", prompt="打开微信。")
    assert engine.heard == [(1.6, "en", "打开微信。")]


def test_quiet_speech_is_raised() -> None:
    engine = ScriptedEngine(line("好"))
    run(engine, recording([tone(1) * np.float32(0.01)]))
    assert engine.loudest == pytest.approx(10 ** (-25 / 20) * 2**0.5, rel=0.05)


def test_silence_is_nothing_and_costs_nothing() -> None:
    engine = ScriptedEngine()
    transcript = run(engine, recording([silence(5)]))
    assert (transcript.text, transcript.segments, transcript.duration_s) == ("", (), 5.0)
    assert engine.heard == []


@pytest.mark.parametrize(
    "ghost", [line("谢谢观看。"), line("打开微信", no_speech=0.8), line(" 。"), line("")]
)
def test_ghosts_are_not_passed_on(ghost: Hypothesis) -> None:
    transcript = run(ScriptedEngine(ghost), recording([tone(1)]))
    assert (transcript.text, transcript.segments) == ("", ())


def test_a_long_recording() -> None:
    engine = ScriptedEngine(line("第一句。"), line("第二句。"))
    transcript = run(engine, recording([tone(24), silence(10), tone(10)]))
    assert transcript.text == "第一句。第二句。"
    first, second = transcript.segments
    assert first.start_s == 0
    assert 24.0 <= first.end_s <= 24.35
    assert second.start_s == pytest.approx(33.7, abs=0.05)
    assert second.end_s == 44.0


def test_a_silent_stretch_between() -> None:
    engine = ScriptedEngine(line("一"), line("二"))
    transcript = run(engine, recording([tone(20), silence(45), tone(20)]))
    assert transcript.text == "一二"
    assert len(engine.heard) == 2


def test_the_language_is_detected_once() -> None:
    engine = ScriptedEngine(line("Hello.", "en"), line("Bye.", "en"))
    transcript = run(engine, recording([tone(24), silence(10), tone(10)]), language=None)
    assert [language for _, language, _ in engine.heard] == [None, "en"]
    assert (transcript.text, transcript.language) == ("Hello. Bye.", "en")


def test_a_ghost_does_not_decide_the_language() -> None:
    engine = ScriptedEngine(line("Thank you for watching.", "en"), line("你好", "zh"))
    transcript = run(engine, recording([tone(24), silence(10), tone(10)]), language=None)
    assert [language for _, language, _ in engine.heard] == [None, None]
    assert (transcript.text, transcript.language) == ("你好", "zh")


def test_nobody_speaks_no_language() -> None:
    assert run(ScriptedEngine(), recording([silence(1)]), language=None).language == "zh"


def test_bad_audio() -> None:
    with pytest.raises(AudioError, match="UNSUPPORTED_FORMAT"):
        run(ScriptedEngine(), b"not a recording")
    with pytest.raises(AudioError, match="AUDIO_TOO_LONG"):
        run(ScriptedEngine(), recording([silence(101)]))
