from __future__ import annotations

from voice_assistant.speech.task import Piece, assemble
from voice_assistant.speech.transcript import Segment


def piece(*texts: str, language: str | None = None, **timings_ms: float) -> Piece:
    segments = tuple(Segment(0, 1, text, -0.1, 0.0) for text in texts)
    return Piece(segments, language, 3, 40.0, 20.0, {"decode": 0.0, "recognise": 0.0, **timings_ms})


def test_stretches_follow_each_other() -> None:
    pieces = [
        piece("今天", "天气", language="zh"),
        piece(),
        piece("怎么样", language="zh"),
    ]
    transcript = assemble(pieces, ["zh"])
    assert transcript.text == "今天天气怎么样"
    assert [segment.text for segment in transcript.segments] == ["今天", "天气", "怎么样"]
    assert (transcript.language, transcript.duration_s) == ("zh", 40.0)


def test_words_are_put_together_as_their_language_has_it() -> None:
    pieces = [piece("Hello.", language="en"), piece("Bye.", language="en")]
    assert assemble(pieces, []).text == "Hello. Bye."


def test_the_language_is_that_of_the_first_who_spoke() -> None:
    pieces = [piece(), piece("Hello.", language="en"), piece("你好", language="zh")]
    assert assemble(pieces, ["zh", "en"]).language == "en"


def test_where_nobody_spoke_it_is_the_likeliest_asked_for() -> None:
    assert assemble([piece()], ["en", "zh"]).language == "en"
    assert assemble([piece()], []).language == "zh"
    assert assemble([piece()], []).text == ""


def test_times_add_up() -> None:
    pieces = [piece(decode=3.0, recognise=100.04), piece(recognise=50.03)]
    assert assemble(pieces, []).timings_ms == {"decode": 3.0, "recognise": 150.1}
