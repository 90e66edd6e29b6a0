"""Hold what decoding works on, in memory that stays where it is from utterance to utterance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from voice_assistant.speech.worker.whisper.torch.model import Attended, Whisper

# Multiples of 16, so that attention with a mask needs no copy of it (10, 15, 20 and 30 s).
_CONTEXTS = (512, 768, 1024, 1504)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hold what a search found for one utterance.

    Attributes:
        tokens: without the end of text.
        log_probability: the sum over the tokens and the end of text.
        no_speech_probability: that of `<|nospeech|>` at the start, 0…1.
        capped: whether it was stopped before an end of text.
    """

    tokens: list[int]
    log_probability: float
    no_speech_probability: float
    capped: bool


@dataclass(frozen=True, eq=False, slots=True)
class Encoded:
    """Hold the encoder's output for one utterance, shape `(context, n_audio_state)`."""

    states: Tensor


@dataclass(slots=True)
class DecoderState:
    """Hold the hypotheses of some utterances; rows are those of `Attended`.

    Attributes:
        attended: what the decoder looks at.
        tokens: the next token to go on from, shape `(rows, 1)`.
        written: tokens by their column, shape `(rows, n_text_ctx)`.
        log_probabilities: theirs, shape `(rows, n_text_ctx)`.
        recent: the last two tokens, shape `(rows, 2)`; the end of text where there is none.
        latest: the latest time, as a token, shape `(rows,)`; 0 where there is none.
        finished: whether the end of text was written, shape `(rows,)`.
        all_finished: shape `()`.
    """

    attended: Attended
    tokens: Tensor
    written: Tensor
    log_probabilities: Tensor
    recent: Tensor
    latest: Tensor
    finished: Tensor
    all_finished: Tensor


class StateMemory:
    """Give out states; one at a time may be in use.

    Keys and values take most of the memory: all states share that of the largest one so far.

    Args:
        model: whose states.
    """

    def __init__(self, model: Whisper) -> None:
        self._dimensions = model.dimensions
        self._device, self._dtype = model.placement.device, model.placement.dtype
        self._cache = self._cross = torch.empty(0, dtype=self._dtype, device=self._device)

    def holds(self, utterances: int, beams: int) -> bool:
        """Return whether there is room for a state of this size."""
        sizes = self._sizes(utterances, beams)
        return sizes[0] <= len(self._cache) and sizes[1] <= len(self._cross)

    def grow(self, utterances: int, beams: int) -> None:
        """Make room; nothing may use earlier states any more, nor keep them.

        Raises:
            torch.OutOfMemoryError: there is none.
        """
        cache, cross = self._sizes(utterances, beams)
        cache, cross = max(cache, len(self._cache)), max(cross, len(self._cross))
        # The old memory goes before the new one comes.
        self._cache = self._cross = self._cache.new_empty(0)
        # NaN may be nowhere in it: see `Attended`.
        self._cache, self._cross = self._cache.new_zeros(cache), self._cross.new_zeros(cross)

    def state(self, utterances: int, beams: int, context: int) -> DecoderState:
        """Return a state, of which nothing is set, where there is room for it.

        Args:
            utterances: how many.
            beams: hypotheses of each.
            context: the longest encoder context that it is for.
        """
        dimensions = self._dimensions
        n_layer, n_head = dimensions.n_text_layer, dimensions.n_text_head
        d_head = dimensions.n_text_state // n_head
        rows = utterances * beams

        def number(*shape: int) -> Tensor:
            return torch.zeros(shape, dtype=torch.long, device=self._device)

        attended = Attended(
            cache=_view(self._cache, n_layer, 2, rows, n_head, dimensions.n_text_ctx, d_head),
            cross=_view(self._cross, n_layer, 2, utterances, n_head, context, d_head),
            cross_mask=torch.zeros((1, 1, 1, context), dtype=self._dtype, device=self._device),
            start=number(rows),
            column=number(),
        )
        return DecoderState(
            attended,
            tokens=number(rows, 1),
            written=number(rows, dimensions.n_text_ctx),
            log_probabilities=number(rows, dimensions.n_text_ctx).float(),
            recent=number(rows, 2),
            latest=number(rows),
            finished=number(rows).bool(),
            all_finished=number().bool(),
        )

    def _sizes(self, utterances: int, beams: int) -> tuple[int, int]:
        column = 2 * self._dimensions.n_text_layer * self._dimensions.n_text_state
        return (
            utterances * beams * column * self._dimensions.n_text_ctx,
            utterances * column * _CONTEXTS[-1],
        )


def padded_context(context: int) -> int:
    """Return the context of the state to use: one for many, so that one capture serves them.

    Raises:
        ValueError: no Whisper model has so long a context.
    """
    for padded in _CONTEXTS:
        if context <= padded:
            return padded
    raise ValueError(f"an encoder context of {context}")


def _view(memory: Tensor, *shape: int) -> Tensor:
    return memory[: math.prod(shape)].view(shape)
