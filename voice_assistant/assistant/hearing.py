"""Recognise a recording and decide what it asks for, in further passes where that is unclear."""

from __future__ import annotations

import asyncio
import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from voice_assistant.assistant.expectations import (
    SEARCH_PROMPT,
    alternatives,
    first_prompt,
    next_prompt,
)
from voice_assistant.commands.decision import Chat, Search, Unresolved
from voice_assistant.errors import ModelError, NotReadyError
from voice_assistant.speech.task import RecognitionOptions

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from voice_assistant.commands.decision import Understanding
    from voice_assistant.commands.library import CommandLibrary
    from voice_assistant.speech.transcript import Transcript

# Names given as context at the second pass and at the third. From 6/10 to 12/12 the number of right
# commands differs by one in 120 (benchmarks/second_look.py).
_NAMES = (8, 12)

# Names weighed against the one that a second pass found among those it was given.
_WEIGHED = 6

# A command that was misheard as chat scores far lower than this; most chat scores higher.
_CLEAR = -0.3


class Recording(Protocol):
    """Stand for a recording that can be recognised more than once."""

    async def transcribe(self, options: RecognitionOptions, /) -> Transcript:
        """Write all of it down."""
        ...


class Speech(Protocol):
    """Stand for the queue of the speech process."""

    def open(self, data: bytes, /) -> AbstractAsyncContextManager[Recording]:
        """Give a recording its place in the queue, until the block is left."""
        ...


@dataclass(frozen=True, slots=True)
class Recognised:
    """Hold what was said and what it asks for.

    Attributes:
        transcript: of the pass that was understood, else of the first.
        understanding: what it asks for.
        again_ms: milliseconds spent on the passes after the first.
        decide_ms: milliseconds spent on deciding.
    """

    transcript: Transcript
    understanding: Understanding
    again_ms: float
    decide_ms: float

    @property
    def confidence(self) -> float:
        """Return how sure the command is, 0…1, or the recogniser where there is none.

        The recogniser's is e to the mean log-probability of the least clear segment.
        """
        if self.understanding.is_command:
            return self.understanding.confidence
        scores = [segment.average_log_probability for segment in self.transcript.segments]
        return min(1.0, math.exp(min(scores))) if scores else 0.0


class _Pass(NamedTuple):
    transcript: Transcript
    understanding: Understanding


async def recognise(
    data: bytes, languages: tuple[str, ...], library: CommandLibrary, speech: Speech
) -> Recognised:
    """Recognise a recording and decide what it asks for.

    Base writes one command in six so that no name is recognised in it. The names that sound like
    what it wrote are then given to it as context, and it recognises the same sound again, which
    costs only the decoder. Only what becomes a command counts: chat stays as the first pass wrote
    it. A third pass is for commands whose name is still unknown; chat gets no third. A name that is
    given is also recognised where another was said (访问智谱 for 访问知乎), so the one found is
    weighed against those that sound like it, with none given. A search is recognised again with
    what people look for as context, and the likelier of the two is what counts.

    Operating point (`benchmarks/spoken.py`): everything short that is no command gets a second
    pass unless it is clear, for no chat became a command by it: 0 of 64 clips, nor with context
    chosen at random.

    Args:
        data: the bytes of an audio file.
        languages: ISO 639-1 codes of those that it may be in.
        library: decides what is asked for.
        speech: the queue of the speech process.

    Raises:
        AudioError, RequestError, NotReadyError, ModelError: see `Recordings.transcribe`.
    """
    prompt = first_prompt(library)
    async with speech.open(data) as recording:
        transcript = await recording.transcribe(RecognitionOptions(languages, prompt))
        began = time.perf_counter()
        first = _Pass(transcript, library.decide(transcript.text))
        decided = time.perf_counter()
        best = await _with_names(recording, first, library)
        if best is not first:
            best = await _weighed(recording, best, library)
        if isinstance(best.understanding.command, Search):
            best = await _as_search(recording, best, library)
    return Recognised(
        transcript=replace(best.transcript, timings_ms=transcript.timings_ms),
        understanding=best.understanding,
        again_ms=1000 * (time.perf_counter() - decided),
        decide_ms=1000 * (decided - began),
    )


async def _with_names(recording: Recording, first: _Pass, library: CommandLibrary) -> _Pass:
    """Return the second pass or the third, if a command was found by it, else the first."""
    asked = first.understanding.decisions[0]
    if isinstance(asked, Chat) and first.transcript.log_probability > _CLEAR:
        return first
    last = first
    for number, names in enumerate(_NAMES, 2):
        unresolved = isinstance(last.understanding.decisions[0], Unresolved)
        if last.understanding.is_command or (number > 2 and not unresolved):
            break
        prompt = await asyncio.to_thread(next_prompt, library, last.transcript.text, names)
        if prompt is None:
            break
        again = await _with_prompt(recording, last, prompt, library)
        if again is None:
            break
        last = again
    return last if last.understanding.is_command else first


async def _weighed(recording: Recording, found: _Pass, library: CommandLibrary) -> _Pass:
    """Return the likeliest of the names that sound alike, none of them being given as context."""
    transcript, understanding = found
    texts = await asyncio.to_thread(alternatives, library, understanding, _WEIGHED)
    if len(texts) < 2 or len(transcript.segments) > 1:
        return found
    options = RecognitionOptions((transcript.language,), "", thorough=True, candidates=texts)
    again = await _again(recording, options, library)
    return again if again and again.understanding.is_command else found


async def _as_search(recording: Recording, found: _Pass, library: CommandLibrary) -> _Pass:
    """Return the likelier of two passes, the one that is given and one that expects searches."""
    again = await _with_prompt(recording, found, SEARCH_PROMPT, library)
    if again is None or not isinstance(again.understanding.command, Search):
        return found
    likelier = again.transcript.log_probability > found.transcript.log_probability
    return again if likelier else found


async def _with_prompt(
    recording: Recording, last: _Pass, prompt: str, library: CommandLibrary
) -> _Pass | None:
    return await _again(
        recording, RecognitionOptions((last.transcript.language,), prompt, thorough=True), library
    )


async def _again(
    recording: Recording, options: RecognitionOptions, library: CommandLibrary
) -> _Pass | None:
    """Return another pass; `None`, so that the last one counts, if the process has gone."""
    try:
        transcript = await recording.transcribe(options)
    except (ModelError, NotReadyError):
        return None
    return _Pass(transcript, library.decide(transcript.text))
