"""From sound to a decision, with a second look at what sounds like a command but is none yet."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voice_assistant.assistant.services import Services
from voice_assistant.errors import ModelError, NotReadyError
from voice_assistant.speech.service.recordings import Recording
from voice_assistant.speech.task import Wish
from voice_assistant.speech.transcript import Transcript

if TYPE_CHECKING:
    from voice_assistant.commands.decision import Decision
    from voice_assistant.commands.library import CommandLibrary

# Names given as context at the second look and at the third. From 6/10 to 12/12 the number of right
# commands differs by one in 120 (benchmarks/second_look.py).
_NAMES = (8, 12)

# Names weighed against the one that a second look found among those it was given.
_WEIGHED = 6

# A command that was misheard as chat scores far lower than this; most chat scores higher.
_CLEAR = -0.3


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said and what it asks for.

    Attributes:
        transcript: of the look that was understood, else of the first.
        decision: what it asks for.
        again_ms: milliseconds spent on the second look and the third.
        decide_ms: milliseconds spent on deciding.
    """

    transcript: Transcript
    decision: Decision
    again_ms: float
    decide_ms: float


async def hear(data: bytes, languages: tuple[str, ...], services: Services) -> Heard:
    """Write a recording down and decide what it asks for.

    Base writes one command in six so that no name is recognised in it. The names that sound like
    what it wrote are then given to it as context, and it hears the same sound again, which costs
    only the decoder. Only what becomes a command counts: chat stays as the first look wrote it. A
    third look is for commands whose name is still unknown; chat gets no third. A name that is
    given is also heard where another was said (访问智谱 for 访问知乎), so the one found is weighed
    against those that sound like it, with none given. A search is heard again with what people look
    for as context, and the likelier of the two is what counts.

    Operating point (`benchmarks/spoken.py`): everything short that is no command gets a second
    look unless it is clear, for no chat became a command by it: 0 of 64 clips, nor with context
    chosen at random.

    Raises:
        AudioError, RequestError, NotReadyError, ModelError: see `Recordings.transcribe`.
    """
    library = await services.library()
    async with services.speech.open(data) as recording:
        first = await recording.transcribe(Wish(languages, library.prompt()))
        began = time.perf_counter()
        decision = library.decide(first.text)
        decided = time.perf_counter()
        best, made = await _look_again(recording, first, decision, library)
        if best is not first:
            best, made = await _weigh(recording, best, made, library)
        if made.command_type == "search":
            best, made = await _search_again(recording, best, made, library)
    return Heard(
        transcript=replace(best, timings_ms=first.timings_ms),
        decision=made,
        again_ms=1000 * (time.perf_counter() - decided),
        decide_ms=1000 * (decided - began),
    )


async def _look_again(
    recording: Recording, first: Transcript, decision: Decision, library: CommandLibrary
) -> tuple[Transcript, Decision]:
    heard, made = first, decision
    if decision.kind == "chat" and first.log_probability > _CLEAR:
        return first, decision
    for look, names in enumerate(_NAMES, 2):
        if made.is_command or (look > 2 and made.kind != "unresolved"):
            break
        prompt = await asyncio.to_thread(library.prompt_for, heard.text, names)
        if prompt is None:
            break
        again = await _with_prompt(recording, heard, prompt)
        if again is None:
            break
        heard, made = again, library.decide(again.text)
    return (heard, made) if made.is_command else (first, decision)


async def _weigh(
    recording: Recording, heard: Transcript, decision: Decision, library: CommandLibrary
) -> tuple[Transcript, Decision]:
    """The likeliest of the names that sound alike, none of them being given as context."""
    texts = await asyncio.to_thread(library.alternatives, heard.text, decision, _WEIGHED)
    if len(texts) < 2 or len(heard.segments) > 1:
        return heard, decision
    again = await _again(recording, Wish((heard.language,), "", thorough=True, candidates=texts))
    if again is None:
        return heard, decision
    made = library.decide(again.text)
    return (again, made) if made.is_command else (heard, decision)


async def _search_again(
    recording: Recording, heard: Transcript, decision: Decision, library: CommandLibrary
) -> tuple[Transcript, Decision]:
    again = await _with_prompt(recording, heard, library.prompt_for_search())
    if again is None or again.log_probability <= heard.log_probability:
        return heard, decision
    made = library.decide(again.text)
    return (again, made) if made.command_type == "search" else (heard, decision)


async def _with_prompt(recording: Recording, heard: Transcript, prompt: str) -> Transcript | None:
    return await _again(recording, Wish((heard.language,), prompt, thorough=True))


async def _again(recording: Recording, wish: Wish) -> Transcript | None:
    """`None` if the process or its memory has gone: what was heard before is an answer too."""
    try:
        return await recording.transcribe(wish)
    except (ModelError, NotReadyError):
        return None
