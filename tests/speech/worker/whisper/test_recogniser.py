from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.support.sounds import tone
from voice_assistant.speech.task import RecognitionOptions
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.engine import Decoding, DecodingOptions
from voice_assistant.speech.worker.whisper.recogniser import (
    Recogniser,
    Utterance,
    compression_ratio,
)

GOOD = Decoding("打开微信", -0.2, 0.01, capped=False)
ZH = RecognitionOptions(("zh",), "打开微信。")


class RememberingEngine:
    """Says one thing after the other, then `GOOD`; encodes sound to where it came.

    Attributes:
        encoded: lengths in seconds of what was encoded, batch by batch.
        decoded: what was written down, batch by batch.
    """

    name, device, compute_type = "remembering", "cpu", "none"

    def __init__(self, *said: Decoding, lanes: int = 1) -> None:
        self._said = list(said)
        self.lanes = lanes
        self.likely: Mapping[str, float] = {"zh": 0.3, "en": 0.5, "ja": 0.2}
        self.sounds: list[Samples] = []
        self.encoded: list[list[float]] = []
        self.decoded: list[list[tuple[int, DecodingOptions]]] = []
        self.scored: list[tuple[int, str]] = []
        self.detected = 0

    def encode(self, batch: Sequence[Samples]) -> list[int]:
        self.encoded.append([len(samples) / SAMPLE_RATE for samples in batch])
        self.sounds += batch
        return list(range(len(self.sounds) - len(batch), len(self.sounds)))

    def language_probabilities(self, encoded: int) -> Mapping[str, float]:
        self.detected += 1
        return self.likely

    def decode(self, batch: Sequence[int], options: Sequence[DecodingOptions]) -> list[Decoding]:
        self.decoded.append(list(zip(batch, options, strict=True)))
        return [self._said.pop(0) if self._said else GOOD for _ in batch]

    def score(self, encoded: int, language: str, texts: Sequence[str]) -> list[float]:
        self.scored.append((encoded, language))
        return [-float(len(text)) for text in texts]

    @property
    def options(self) -> list[DecodingOptions]:
        return [options for batch in self.decoded for _, options in batch]


def spoken(seconds: float) -> Utterance:
    return Utterance(tone(seconds), {})


def recognise(
    engine: RememberingEngine, seconds: Sequence[float], options: RecognitionOptions = ZH
) -> list[Decoding]:
    found = Recogniser(engine).recognise(
        [spoken(each) for each in seconds], [options] * len(seconds)
    )
    return [hypothesis.decoding for hypothesis in found]


@pytest.mark.parametrize(
    ("seconds", "quick_s", "thorough_s"),
    [(0.5, 6, 10), (3.9, 6, 10), (4.1, 7, 10), (7.5, 10, 10), (12.5, 15, 15), (28.5, 30, 30)],
)
def test_the_context_is_as_long_as_needed_in_whole_seconds(
    seconds: float, quick_s: float, thorough_s: float
) -> None:
    engine = RememberingEngine()
    recognise(engine, [seconds])
    recognise(engine, [seconds], replace(ZH, thorough=True))
    assert engine.encoded == [[quick_s], [thorough_s]]


def test_what_is_longer_than_the_sound_is_silence() -> None:
    engine = RememberingEngine()
    recognise(engine, [1.5])
    [sound] = engine.sounds
    assert sound.dtype == np.float32
    assert np.array_equal(sound[:24_000], tone(1.5))
    assert not sound[24_000:].any()


def test_what_is_alike_goes_together() -> None:
    engine = RememberingEngine(*(replace(GOOD, text=text) for text in "甲乙丙丁"))
    found = recognise(engine, [1, 7, 2, 8])
    assert engine.encoded == [[6, 6], [9], [10]]
    assert [[place for place, _ in batch] for batch in engine.decoded] == [[0, 1], [2], [3]]
    assert [decoding.text for decoding in found] == ["甲", "丙", "乙", "丁"]


def test_what_is_asked_for_in_another_way_is_encoded_together_all_the_same() -> None:
    engine = RememberingEngine()
    asked = [ZH, replace(ZH, prompt="搜索天气。"), ZH]
    Recogniser(engine).recognise([spoken(1), spoken(2), spoken(3)], asked)
    assert engine.encoded == [[6, 6, 6]]
    assert [[place for place, _ in batch] for batch in engine.decoded] == [[0, 2], [1]]


def test_nothing_to_recognise() -> None:
    engine = RememberingEngine(lanes=2)
    assert recognise(engine, []) == []
    assert (engine.encoded, engine.decoded) == ([], [])


def test_lanes_share_what_is_alike_and_run_at_once() -> None:
    meeting = threading.Barrier(2, timeout=60)

    class MeetingEngine(RememberingEngine):
        def encode(self, batch: Sequence[Samples]) -> list[int]:
            meeting.wait()
            return [int(samples[0] * 0) + len(batch) for samples in batch]

        def decode(
            self, batch: Sequence[int], options: Sequence[DecodingOptions]
        ) -> list[Decoding]:
            meeting.wait()
            return super().decode(batch, options)

    engine = MeetingEngine(lanes=2)
    assert recognise(engine, [1, 2, 3, 3.5]) == [GOOD] * 4
    assert [len(batch) for batch in engine.decoded] == [2, 2]


def test_silence_is_heard_in_every_lane_at_once() -> None:
    threads: list[threading.Thread] = []
    for lanes in (1, 2):
        meeting = threading.Barrier(lanes, timeout=20)

        class MeetingEngine(RememberingEngine):
            def encode(self, batch: Sequence[Samples]) -> list[int]:
                meeting.wait()  # noqa: B023
                threads.append(threading.current_thread())
                return super().encode(batch)

        engine = MeetingEngine(lanes=lanes)
        Recogniser(engine).recognise_silence()
        assert engine.encoded == [[30.0]] * lanes
        assert [len(batch) for batch in engine.decoded] == [1] * lanes
    assert threads[0] is threading.current_thread()
    assert len(set(threads)) == 3


def test_what_fails_in_a_lane_is_told() -> None:
    class FullEngine(RememberingEngine):
        def encode(self, batch: Sequence[Samples]) -> list[int]:
            raise MemoryError

    for lanes in (1, 2):
        with pytest.raises(MemoryError):
            recognise(FullEngine(lanes=lanes), [1, 2])


def test_writing_the_same_down_again_costs_only_the_decoder() -> None:
    engine = RememberingEngine()
    recogniser, utterance = Recogniser(engine), spoken(2)
    thorough = replace(ZH, thorough=True)
    for options in (ZH, replace(ZH, prompt="搜索天气。"), thorough, ZH, thorough):
        recogniser.recognise([utterance], [options])
    assert engine.encoded == [[6], [10]]
    assert [place for batch in engine.decoded for place, _ in batch] == [0, 0, 1, 0, 1]
    assert [options.prompt for options in engine.options[:2]] == ["打开微信。", "搜索天气。"]


WRONG = {
    "reached the cap": replace(GOOD, capped=True),
    "unlikely": replace(GOOD, average_log_probability=-1.1),
    "a loop": replace(GOOD, text="打开微信。" * 10),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_what_looks_wrong_is_heard_again_in_full_and_without_a_prompt(wrong: Decoding) -> None:
    engine = RememberingEngine(wrong)
    options = replace(ZH, timestamps=True)
    assert recognise(engine, [2], options) == [GOOD]
    assert engine.encoded == [[6], [30]]
    first, second = engine.options
    assert (first.prompt, second.prompt) == (ZH.prompt, "")
    assert replace(first, prompt="") == second


def test_the_second_time_is_the_last() -> None:
    wrong = WRONG["reached the cap"]
    engine = RememberingEngine(wrong, replace(wrong, text="好"), GOOD)
    assert recognise(engine, [2]) == [replace(wrong, text="好")]
    assert len(engine.decoded) == 2


def test_what_had_all_of_the_context_is_not_heard_again() -> None:
    wrong = WRONG["unlikely"]
    engine = RememberingEngine(wrong)
    assert recognise(engine, [28.5]) == [wrong]
    assert engine.encoded == [[30]]


def test_only_what_looks_wrong_is_heard_again() -> None:
    engine = RememberingEngine(GOOD, WRONG["a loop"], GOOD, replace(GOOD, text="好"))
    found = recognise(engine, [1, 2, 3])
    assert [decoding.text for decoding in found] == ["打开微信", "好", "打开微信"]
    assert engine.encoded == [[6, 6, 6], [30]]


def test_one_language_is_not_detected() -> None:
    engine = RememberingEngine()
    recognise(engine, [1], RecognitionOptions(("zh",), ""))
    assert engine.options[0].language == "zh"
    assert engine.detected == 0


@pytest.mark.parametrize(
    ("languages", "taken"),
    [((), "en"), (("zh", "ja"), "zh"), (("ja", "zh"), "zh"), (("fr", "ja"), "ja")],
)
def test_of_several_languages_the_likeliest_is_taken(
    languages: tuple[str, ...], taken: str
) -> None:
    engine = RememberingEngine()
    [found] = Recogniser(engine).recognise([spoken(1)], [RecognitionOptions(languages, "")])
    assert engine.options[0].language == found.language == taken


@pytest.mark.parametrize(
    ("seconds", "timestamps", "most"),
    [(0.5, False, 12), (2, False, 24), (2, True, 28), (29, False, 224), (22, True, 224)],
)
def test_speech_has_only_so_many_tokens(seconds: float, timestamps: bool, most: int) -> None:
    engine = RememberingEngine()
    recognise(engine, [seconds], replace(ZH, timestamps=timestamps))
    [options] = engine.options
    assert (options.most_tokens, options.timestamps) == (most, timestamps)


def test_compression() -> None:
    assert compression_ratio("") == 0
    assert compression_ratio("打开计算器。") < 1
    assert compression_ratio("明天北京会下雨吗？我想学习怎么做红烧肉。") < 1.2
    assert compression_ratio("我认识你" * 10) > 3


def test_of_candidates_the_likeliest_is_taken() -> None:
    engine = RememberingEngine()
    options = RecognitionOptions(
        ("zh",), "", thorough=True, candidates=("打开微信吧", "微信，", "打开微信")
    )
    [decoding] = recognise(engine, [2.0], options)
    assert (decoding.text, decoding.average_log_probability) == ("微信，", -3.0)
    # However unlikely, it is not looked for in the long context.
    assert engine.encoded == [[10.0]]
    assert engine.decoded == []
    assert engine.scored == [(0, "zh")]
