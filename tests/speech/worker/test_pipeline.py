from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from tests.support.hostile_uploads import wav
from voice_assistant.errors import AudioError
from voice_assistant.speech.task import Piece, RecognitionOptions, Task
from voice_assistant.speech.transcript import Transcript
from voice_assistant.speech.worker.pipeline import Pipeline, transcribe
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.sound.silence import cut_silence
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions, TimedText

ZH = RecognitionOptions(("zh",), "")
ANY = RecognitionOptions((), "")


class ScriptedEngine:
    """Says one line after the other; `asked` is how it was to write them down.

    Attributes:
        batches: how many utterances were encoded at once.
        sounds: what was encoded.
    """

    name, device, compute_type, lanes = "scripted", "cpu", "none", 1

    def __init__(self, *lines: Decoding, language: str = "zh") -> None:
        self._lines = iter(lines)
        self._language = language
        self.batches: list[int] = []
        self.sounds: list[Samples] = []
        self.asked: list[DecodingOptions] = []
        self.detected = 0

    def encode(self, batch: Sequence[Samples]) -> list[int]:
        self.batches.append(len(batch))
        self.sounds += batch
        return [0] * len(batch)

    def language_probabilities(self, encoded: int) -> Mapping[str, float]:
        self.detected += 1
        return {"ja": 0.2, self._language: 0.6}

    def decode(self, batch: Sequence[int], options: Sequence[DecodingOptions]) -> list[Decoding]:
        self.asked += options
        return [next(self._lines) for _ in batch]

    def score(self, encoded: int, language: str, texts: Sequence[str]) -> list[float]:
        return [-3.0 + number for number in range(len(texts))]


def line(text: str, no_speech: float = 0.01, timed: tuple[TimedText, ...] = ()) -> Decoding:
    return Decoding(text, -0.2, no_speech, capped=False, timed=timed)


@pytest.fixture(scope="module")
def speech(spoken: Samples) -> Callable[[float], Samples]:
    """So many seconds in which somebody speaks without a pause."""
    sound, _ = cut_silence(spoken)
    pad = int(0.3 * SAMPLE_RATE)
    words = sound[pad:-pad]
    return lambda seconds: np.resize(words, int(seconds * SAMPLE_RATE))


Speech = Callable[[float], Samples]


def recording(*parts: Samples) -> bytes:
    return wav((np.concatenate(parts) * 32767).astype("<i2").tobytes())


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * SAMPLE_RATE), np.float32)


def run(
    engine: ScriptedEngine, data: bytes, language: str | None = "zh", prompt: str = ""
) -> Transcript:
    return transcribe(engine, data, max_s=100, language=language, prompt=prompt)


def piece(pipeline: Pipeline, task: Task) -> Piece:
    [result] = pipeline.run([task])
    assert isinstance(result, Piece)
    return result


def test_one_sentence(speech: Speech) -> None:
    engine = ScriptedEngine(line("打開計算器?"))
    data = recording(silence(1), speech(1), silence(2))
    transcript = run(engine, data, prompt="打开微信。")
    assert transcript.text == "打开计算器？"
    assert transcript.language == "zh"
    assert transcript.duration_s == 4.0
    assert set(transcript.timings_ms) == {"decode", "recognise"}
    assert all(milliseconds >= 0 for milliseconds in transcript.timings_ms.values())
    [segment] = transcript.segments
    assert segment.text == "打开计算器？"
    assert segment.start_s == pytest.approx(0.7, abs=0.03)
    assert segment.end_s == pytest.approx(2.3, abs=0.03)
    assert (segment.average_log_probability, segment.no_speech_probability) == (-0.2, 0.01)


def test_the_engine_hears_only_the_sound(speech: Speech) -> None:
    engine = ScriptedEngine(line("好"))
    data = recording(silence(1), speech(1), silence(2))
    run(engine, data, language="en", prompt="打开微信。")
    [sound], [options] = engine.sounds, engine.asked
    heard = np.flatnonzero(sound)
    assert heard[0] / SAMPLE_RATE == pytest.approx(0.3, abs=0.03)
    assert heard[-1] / SAMPLE_RATE == pytest.approx(1.3, abs=0.03)
    assert (options.language, options.prompt) == ("en", "打开微信。")


def test_quiet_speech_is_raised(speech: Speech) -> None:
    engine = ScriptedEngine(line("好"), line("好"))
    for volume in (1.0, 0.01):
        run(engine, recording(speech(1) * np.float32(volume)))
    loud, quiet = (float(np.abs(sound).max()) for sound in engine.sounds)
    assert quiet > 10 * 0.01 * loud


def test_where_nobody_speaks_nothing_is_recognised(speech: Speech) -> None:
    engine = ScriptedEngine()
    hum = np.sin(np.arange(5 * SAMPLE_RATE, dtype=np.float32) / 10) * np.float32(0.1)
    for sound in (silence(5), hum):
        transcript = run(engine, recording(sound))
        assert (transcript.text, transcript.segments, transcript.duration_s) == ("", (), 5.0)
    assert engine.batches == []


@pytest.mark.parametrize(
    "ghost", [line("谢谢观看。"), line("打开微信", no_speech=0.95), line(" 。"), line("")]
)
def test_ghosts_are_not_passed_on(speech: Speech, ghost: Decoding) -> None:
    transcript = run(ScriptedEngine(ghost), recording(speech(1)))
    assert (transcript.text, transcript.segments) == ("", ())


def test_a_long_recording(speech: Speech) -> None:
    engine = ScriptedEngine(line("第一句。"), line("第二句。"))
    transcript = run(engine, recording(speech(10), silence(10), speech(10)))
    assert transcript.text == "第一句。第二句。"
    first, second = transcript.segments
    assert first.start_s == 0
    assert first.end_s == pytest.approx(10.3, abs=0.1)
    assert second.start_s == pytest.approx(19.7, abs=0.1)
    assert second.end_s == 30.0


def test_what_the_model_left_out_is_heard_in_halves(speech: Speech) -> None:
    first, second = "今天天气怎么样？", "给我讲个笑话吧。"
    engine = ScriptedEngine(line(first), line(first), line(second))
    transcript = run(engine, recording(speech(3), silence(1), speech(3)))
    assert transcript.text == first + second
    assert engine.batches == [1, 2]
    one, two = transcript.segments
    assert (one.start_s, two.end_s) == (0.0, 7.0)
    assert one.end_s == pytest.approx(3.3, abs=0.1)
    assert two.start_s == pytest.approx(3.7, abs=0.1)


def test_a_candidate_is_not_heard_in_halves(speech: Speech) -> None:
    engine = ScriptedEngine()
    options = RecognitionOptions(("zh",), "", candidates=("打开微信", "打开微博"))
    data = recording(speech(3), silence(1), speech(3))
    [segment] = piece(Pipeline(engine, 100), Task(1, data, 0, options)).segments
    assert (segment.text, segment.average_log_probability) == ("打开微博", -2.0)
    assert engine.batches == [1]


def test_halves_that_give_less_do_not_count(speech: Speech) -> None:
    engine = ScriptedEngine(line("今天天气怎么样？"), line("今天"), line("谢谢观看。"))
    transcript = run(engine, recording(speech(3), silence(1), speech(3)))
    assert transcript.text == "今天天气怎么样？"


def test_without_a_pause_there_are_no_halves(speech: Speech) -> None:
    engine = ScriptedEngine(line("今天天气怎么样？"))
    assert run(engine, recording(speech(6))).text == "今天天气怎么样？"
    assert engine.batches == [1]


def test_the_language_is_detected_once(speech: Speech) -> None:
    engine = ScriptedEngine(line("Hello."), line("Bye."), language="en")
    data = recording(speech(10), silence(10), speech(10))
    assert run(engine, data, language=None).text == "Hello. Bye."
    assert [options.language for options in engine.asked] == ["en", "en"]
    assert engine.detected == 1


def test_a_ghost_does_not_decide_the_language(speech: Speech) -> None:
    engine = ScriptedEngine(line("Thank you for watching."), language="en")
    data = recording(speech(10), silence(10), speech(10))
    assert piece(Pipeline(engine, 100), Task(1, data, 0, ANY)).language is None


def test_nobody_speaks_no_language() -> None:
    assert run(ScriptedEngine(), recording(silence(1)), language=None).language == "zh"


def test_how_far_it_is(speech: Speech) -> None:
    pipeline = Pipeline(ScriptedEngine(line("一"), line("二")), 100)
    data = recording(speech(10), silence(10), speech(10))
    first = piece(pipeline, Task(1, data, 0, ZH))
    second = piece(pipeline, Task(1, None, 1, ZH))
    assert (first.windows, first.duration_s) == (second.windows, second.duration_s) == (2, 30.0)
    assert 10 < first.reached_s < 11
    assert second.reached_s == 30.0
    assert first.timings_ms["decode"] > 0
    assert second.timings_ms["decode"] == 0


def test_sentences_are_timed_from_the_beginning_of_the_recording(speech: Speech) -> None:
    timed = (TimedText(0.2, 1.0, "你好."), TimedText(1.4, 9.0, "再見."))
    engine = ScriptedEngine(line("你好.再見.", timed=timed))
    options = RecognitionOptions(("zh",), "", timestamps=True)
    found = piece(Pipeline(engine, 100), Task(1, recording(silence(2), speech(2)), 0, options))
    assert engine.asked[0].timestamps
    first, second = found.segments
    assert (first.text, second.text) == ("你好。", "再见。")
    assert first.start_s == pytest.approx(1.9, abs=0.03)
    assert first.end_s == pytest.approx(2.7, abs=0.03)
    assert second.start_s == pytest.approx(3.1, abs=0.03)
    assert second.end_s == 4.0
    assert second.average_log_probability == -0.2


def test_traditional_chinese_if_wanted(speech: Speech) -> None:
    timed = (TimedText(0.0, 1.0, "打开计算器"),)
    engine = ScriptedEngine(line("打开计算器"), line("打开计算器", timed=timed))
    pipeline = Pipeline(engine, 100, "traditional")
    for _ in range(2):
        [segment] = piece(pipeline, Task(1, recording(speech(1)), 0, ZH)).segments
        assert segment.text == "打開計算器"


def test_several_recordings_go_together(speech: Speech) -> None:
    engine = ScriptedEngine(line("一"), line("二"))
    tasks = [
        Task(1, recording(speech(1)), 0, ZH),
        Task(2, b"no recording", 0, ZH),
        Task(3, recording(silence(2)), 0, ZH),
        Task(4, recording(speech(2)), 0, ZH),
    ]
    one, bad, silent, two = Pipeline(engine, 100).run(tasks)
    assert engine.batches == [2]
    assert isinstance(bad, AudioError)
    assert bad.code == "UNSUPPORTED_FORMAT"
    assert isinstance(one, Piece)
    assert isinstance(silent, Piece)
    assert isinstance(two, Piece)
    assert [each.segments[0].text for each in (one, two)] == ["一", "二"]
    assert (silent.segments, silent.duration_s, silent.language) == ((), 2.0, None)


def test_a_recording_is_kept_until_it_is_closed(speech: Speech) -> None:
    engine = ScriptedEngine(line("一"), line("二"))
    pipeline = Pipeline(engine, 100)
    piece(pipeline, Task(1, recording(speech(1)), 0, ZH))
    again = piece(pipeline, Task(1, None, 0, RecognitionOptions(("zh",), "打开微信。")))
    assert again.segments[0].text == "二"
    assert engine.batches == [1]
    pipeline.close([1, 2])
    with pytest.raises(KeyError):
        pipeline.run([Task(1, None, 0, ZH)])


def test_bad_audio() -> None:
    with pytest.raises(AudioError, match="UNSUPPORTED_FORMAT"):
        run(ScriptedEngine(), b"not a recording")
    with pytest.raises(AudioError, match="AUDIO_TOO_LONG"):
        run(ScriptedEngine(), recording(silence(101)))
