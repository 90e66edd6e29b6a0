from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.speech.languages import LANGUAGES
from voice_assistant.speech.task import Piece, assemble
from voice_assistant.speech.transcript import Segment, Transcript, join

TEXTS = st.lists(
    st.sampled_from(["", "打开微信。", "hello", "今天"]) | st.text(max_size=5), max_size=6
)
LANGUAGE = st.sampled_from(sorted({*LANGUAGES, "yue"}))


@given(TEXTS, LANGUAGE)
@example(["打开", "微信"], "yue")
@example(["打开", "微信"], "ja")
def test_nothing_but_a_space_is_put_between_stretches(texts: list[str], language: str) -> None:
    joined = join(texts, language)
    between = "" if language in ("zh", "ja", "yue") else " "
    spoken = [text for text in texts if text]
    assert joined == between.join(spoken)
    # In two steps it is the same, and silence adds nothing.
    assert join([join(texts[:2], language), join(texts[2:], language)], language) == joined
    assert join(["", *texts, ""], language) == joined


SEGMENTS = st.builds(
    Segment,
    st.floats(0, 10),
    st.floats(10, 40),
    st.text(max_size=5),
    st.floats(-5, 0),
    st.floats(0, 1),
)
PIECES = st.lists(
    st.builds(
        Piece,
        st.lists(SEGMENTS, max_size=3).map(tuple),
        st.none() | LANGUAGE,
        st.just(3),
        st.just(90.0),
        st.floats(0, 90),
        st.fixed_dictionaries({"decode": st.floats(0, 1e4), "recognise": st.floats(0, 1e4)}),
    ),
    min_size=1,
    max_size=3,
)


@given(PIECES, st.lists(LANGUAGE, max_size=2))
def test_a_transcript_has_every_segment_in_order(pieces: list[Piece], asked: list[str]) -> None:
    transcript = assemble(pieces, asked)
    assert list(transcript.segments) == [each for piece in pieces for each in piece.segments]
    assert transcript.text == join([each.text for each in transcript.segments], transcript.language)
    assert transcript.language in {*asked, *(piece.language for piece in pieces), "zh"}
    for step in ("decode", "recognise"):
        total = sum(piece.timings_ms[step] for piece in pieces)
        assert math.isclose(transcript.timings_ms[step], total, abs_tol=0.06)


@given(st.lists(SEGMENTS, max_size=5))
def test_a_score_lies_between_those_of_the_segments(segments: list[Segment]) -> None:
    score = Transcript("", "zh", 40.0, tuple(segments), {}).log_probability
    heavy = [each.average_log_probability for each in segments if each.end_s > each.start_s]
    if not heavy:
        assert score == -math.inf
    else:
        assert min(heavy) - 1e-9 <= score <= max(heavy) + 1e-9
