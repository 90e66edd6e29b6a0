from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.decisions import only
from voice_assistant.assistant.expectations import SEARCH_PROMPT, first_prompt
from voice_assistant.assistant.hearing import Recognised, recognise
from voice_assistant.commands.decision import Chat, Understanding, Unresolved
from voice_assistant.commands.library import CommandLibrary
from voice_assistant.errors import ModelError, NotReadyError, RequestError, VoiceError
from voice_assistant.speech.task import RecognitionOptions
from voice_assistant.speech.transcript import Segment, Transcript


class Recogniser:
    """Writes one line after the other, or raises it; `asked` is what it was asked for.

    A line may come with its log-probability. Timings are the number of the pass. Asked which of
    several texts was said, it takes `likeliest`, which may also be an error, or the first;
    `weighed` is how it was asked.
    """

    def __init__(self, *lines: str | tuple[str, float] | VoiceError) -> None:
        self._lines = iter(lines)
        self.asked: list[RecognitionOptions] = []
        self.likeliest: str | VoiceError = ""
        self.weighed: list[RecognitionOptions] = []
        self.closed = False

    @asynccontextmanager
    async def open(self, data: bytes) -> AsyncIterator[Recogniser]:
        assert data == b"sound"
        yield self
        self.closed = True

    async def transcribe(self, options: RecognitionOptions) -> Transcript:
        line: str | tuple[str, float] | VoiceError
        if options.candidates:
            self.weighed.append(options)
            line = self.likeliest or options.candidates[0]
        else:
            self.asked.append(options)
            line = next(self._lines)
        if isinstance(line, VoiceError):
            raise line
        text, score = line if isinstance(line, tuple) else (line, -0.5)
        timings_ms = {"recognise": float(len(self.asked))}
        segments = (Segment(0, 1, text, score, 0),)
        return Transcript(text, options.languages[0], 1.0, segments, timings_ms)

    @property
    def prompts(self) -> list[str]:
        return [options.prompt for options in self.asked]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> CommandLibrary:
    return CommandLibrary(tmp_path_factory.mktemp("no-user") / "commands.toml", "linux")


def run(
    library: CommandLibrary, recogniser: Recogniser, languages: tuple[str, ...] = ("zh",)
) -> Recognised:
    return asyncio.run(recognise(b"sound", languages, library, recogniser))


def test_what_is_clear_is_recognised_once(library: CommandLibrary) -> None:
    recogniser = Recogniser("打开淘宝。")
    recognised = run(library, recogniser)
    assert recognised.understanding.target == "淘宝"
    assert recogniser.prompts == [first_prompt(library)]
    assert recogniser.weighed == []


def test_a_name_that_was_given_is_weighed_against_those_that_sound_like_it(
    library: CommandLibrary,
) -> None:
    recogniser = Recogniser("访问职务。", "访问智谱。")
    recogniser.likeliest = "访问知乎。"
    recognised = run(library, recogniser)
    assert (recognised.understanding.target, recognised.transcript.text) == ("知乎", "访问知乎。")
    [options] = recogniser.weighed
    assert options.candidates[0] == "访问智谱。"
    assert "访问知乎。" in options.candidates
    assert (options.languages, options.prompt, options.thorough) == (("zh",), "", True)


def test_a_name_that_is_the_likeliest_stays(library: CommandLibrary) -> None:
    recognised = run(library, Recogniser("访问职务。", "访问智谱。"))
    assert recognised.understanding.target == "智谱清言"


def test_names_that_cannot_be_weighed_stay(library: CommandLibrary) -> None:
    recogniser = Recogniser("访问职务。", "访问智谱。")
    recogniser.likeliest = NotReadyError("SPEECH_TIMEOUT")
    assert run(library, recogniser).understanding.target == "智谱清言"


def test_an_action_has_no_name_to_weigh(library: CommandLibrary) -> None:
    recogniser = Recogniser("接图", "截图")
    assert run(library, recogniser).understanding.command_type == "system"
    assert recogniser.weighed == []


def test_a_name_that_was_not_recognised_gets_a_second_pass_with_names_like_it(
    library: CommandLibrary,
) -> None:
    recogniser = Recogniser("访问夺办。", "访问豆瓣。")
    recognised = run(library, recogniser)
    assert (recognised.understanding.target, recognised.transcript.text) == ("豆瓣", "访问豆瓣。")
    assert "豆瓣" in recogniser.prompts[1]


def test_chat_stays_as_it_was_recognised_first_and_gets_no_third_pass(
    library: CommandLibrary,
) -> None:
    recogniser = Recogniser(("今天天气怎么样？", -0.31), "今天天气怎么养？")
    recognised = run(library, recogniser)
    assert not recognised.understanding.is_command
    assert recognised.transcript.text == "今天天气怎么样？"
    assert len(recogniser.prompts) == 2


def test_chat_that_is_clear_gets_no_second_pass(library: CommandLibrary) -> None:
    recogniser = Recogniser(("今天天气怎么样？", -0.29))
    assert run(library, recogniser).transcript.text == "今天天气怎么样？"
    assert len(recogniser.prompts) == 1


def test_a_name_that_is_unknown_gets_a_second_pass_however_clear(library: CommandLibrary) -> None:
    recogniser = Recogniser(("访问夺办。", -0.01), "访问豆瓣。")
    assert run(library, recogniser).understanding.target == "豆瓣"


def test_only_the_first_pass_is_quick_and_finds_the_language(library: CommandLibrary) -> None:
    recogniser = Recogniser("启动堂认会。", "启动堂任会意。", "启动腾讯会议。")
    run(library, recogniser, ("zh", "en"))
    asked = [(options.languages, options.thorough) for options in recogniser.asked]
    assert asked == [(("zh", "en"), False), (("zh",), True), (("zh",), True)]
    assert not any(options.timestamps for options in recogniser.asked)


def test_times_are_those_of_the_first_pass(library: CommandLibrary) -> None:
    recognised = run(library, Recogniser("访问夺办。", "访问豆瓣。"))
    assert recognised.transcript.timings_ms == {"recognise": 1.0}
    assert recognised.again_ms >= 0
    assert recognised.decide_ms >= 0


def test_the_recording_is_given_back(library: CommandLibrary) -> None:
    recogniser = Recogniser("访问夺办。", "访问豆瓣。")
    run(library, recogniser)
    assert recogniser.closed


def test_a_name_that_is_still_unknown_gets_a_third_pass(library: CommandLibrary) -> None:
    recogniser = Recogniser("启动堂认会。", "启动堂任会意。", "启动腾讯会议。")
    recognised = run(library, recogniser)
    assert recognised.understanding.target == "腾讯会议"
    assert len(recogniser.prompts) == 3


@pytest.mark.parametrize(
    ("again", "query"),
    [
        (("搜索红烧肉。", -0.1), "红烧肉"),
        (("搜索红烧热。", -0.3), "红烧落"),  # less likely
        (("今天红烧肉。", -0.1), "红烧落"),  # no search
        (NotReadyError("SPEECH_TIMEOUT"), "红烧落"),
    ],
)
def test_a_search_is_recognised_again_and_the_likelier_one_counts(
    library: CommandLibrary, again: tuple[str, float] | VoiceError, query: str
) -> None:
    recogniser = Recogniser(("搜索红烧落。", -0.2), again)
    recognised = run(library, recogniser)
    assert (recognised.understanding.command_type, recognised.understanding.target) == (
        "search",
        query,
    )
    assert recognised.transcript.text == f"搜索{query}。"
    assert recogniser.prompts[1:] == [SEARCH_PROMPT]


def test_what_became_a_search_at_the_second_pass_is_recognised_again_too(
    library: CommandLibrary,
) -> None:
    recogniser = Recogniser("锁锁红烧落", ("搜索红烧落", -0.2), ("搜索红烧肉", -0.1))
    recognised = run(library, recogniser)
    assert (
        recognised.understanding.target
        == recognised.transcript.text.removeprefix("搜索")
        == "红烧肉"
    )


@pytest.mark.parametrize("text", ["", "嗯", "请给我讲一个很久很久以前发生在山里的故事吧"])
def test_what_can_be_no_command_is_recognised_once(library: CommandLibrary, text: str) -> None:
    recogniser = Recogniser(text)
    assert run(library, recogniser).transcript.text == text
    assert len(recogniser.prompts) == 1


@pytest.mark.parametrize(
    "error",
    [
        NotReadyError("SPEECH_PROCESS_DIED"),
        NotReadyError("SPEECH_TIMEOUT"),
        ModelError("OUT_OF_MEMORY", model="base", detail=""),
    ],
)
def test_the_first_pass_is_an_answer_where_there_can_be_no_second(
    library: CommandLibrary, error: VoiceError
) -> None:
    recognised = run(library, Recogniser("访问夺办。", error))
    assert recognised.transcript.text == "访问夺办。"
    assert only(Unresolved, recognised.understanding).reason == "unknown_name"


def test_the_error_of_the_first_pass_is_told(library: CommandLibrary) -> None:
    with pytest.raises(RequestError):
        run(library, Recogniser(RequestError("BUSY")))


def test_names_of_the_user_s_are_expected_too(tmp_path: Path) -> None:
    file = tmp_path / "commands.toml"
    file.write_text('[[app]]\nname = "夺宝奇兵"\ncommand = ["x"]\n', encoding="utf-8")
    recogniser = Recogniser("打开多暴。", "打开夺宝奇兵。")
    recognised = run(CommandLibrary(file, "linux"), recogniser)
    assert "夺宝奇兵" in recogniser.prompts[1]
    assert recognised.understanding.target == "夺宝奇兵"


@pytest.mark.parametrize(("line", "confidence"), [("打开淘宝。", 1.0), ("打开陶保。", 0.9)])
def test_a_command_is_as_sure_as_its_name_was_found(
    line: str, confidence: float, library: CommandLibrary
) -> None:
    assert run(library, Recogniser(line)).confidence == confidence


@pytest.mark.parametrize(
    ("scores", "confidence"), [((-0.25,), 0.7788), ((-0.1, -1.0), 0.3679), ((0.1,), 1.0), ((), 0.0)]
)
def test_chat_is_as_sure_as_its_least_clear_segment(
    scores: tuple[float, ...], confidence: float
) -> None:
    segments = tuple(Segment(0, 1, "你好", score, 0) for score in scores)
    chat = Understanding("你好", (Chat("no_wording"),))
    recognised = Recognised(Transcript("你好", "zh", 1.0, segments, {}), chat, 0, 0)
    assert recognised.confidence == pytest.approx(confidence, abs=1e-4)
