"""Decode greedily on torch: at each token the likeliest one, for several utterances at once."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch.graphs import Graphs
from voice_assistant.speech.worker.whisper.torch.model import Whisper
from voice_assistant.speech.worker.whisper.torch.progress import SearchProgress
from voice_assistant.speech.worker.whisper.torch.rules import Rules
from voice_assistant.speech.worker.whisper.torch.state import (
    DecoderState,
    Encoded,
    SearchResult,
    StateMemory,
    padded_context,
)

# Larger batches are held up by arithmetic, not by launches; each capture takes memory.
_MOST_ROWS_CAPTURED = 16
_MOST_STEPS_KEPT = 8


class Search:
    """Search for what was said; one search at a time.

    Args:
        model: that scores tokens.
        tokenizer: the model's.
        graphs: captures the steps.
    """

    def __init__(self, model: Whisper, tokenizer: Tokenizer, graphs: Graphs) -> None:
        self._decoder = model.decoder
        self._device = model.placement.device
        self._n_text_ctx = model.dimensions.n_text_ctx
        self._tokenizer = tokenizer
        self._rules = Rules(tokenizer, model.dimensions.n_vocab, self._device)
        self._graphs = graphs
        self._memory = StateMemory(model)
        self._steps: OrderedDict[object, tuple[DecoderState, Callable[[], None]]] = OrderedDict()
        self._attended_to: tuple[Encoded, ...] = ()

    def greedy(
        self,
        batch: Sequence[Encoded],
        prompts: Sequence[list[int]],
        most_tokens: Sequence[int],
        *,
        timed: bool,
    ) -> list[SearchResult]:
        """Write down utterances of one encoder context.

        Args:
            batch: the utterances.
            prompts: what to go on from, of each.
            most_tokens: where to stop if no end of text comes, of each.
            timed: whether times are written; the prompts must go with it.
        """
        state, step = self.prepare(batch, 1, "greedy", timed, self._step)
        logits, no_speech = self.begin(state, prompts)
        begin = max(map(len, prompts))
        self._choose(state, logits, timed=timed, first=True)
        most = min(max(most_tokens), self._n_text_ctx - begin)
        progress = SearchProgress(state.all_finished)
        for _ in range(most - 1):
            if progress.is_over():
                break
            step()
        written = state.written[:, begin : begin + most].tolist()
        log_probabilities = state.log_probabilities[:, begin : begin + most].tolist()
        return [
            self._cut(row, scores, min(cap, most), probability)
            for row, scores, cap, probability in zip(
                written, log_probabilities, most_tokens, no_speech.tolist(), strict=True
            )
        ]

    def language_logits(self, encoded: Encoded) -> Tensor:
        """Return every token's score where the language belongs, shape `(n_vocab,)`."""
        state, _ = self.prepare([encoded], 1, "greedy", False, self._step)
        start = self._tokenizer.special("startoftranscript")
        logits, _ = self.begin(state, [[start]])
        return logits[0]

    def score(self, encoded: Encoded, prompt: list[int], texts: Sequence[list[int]]) -> list[float]:
        """Return how well texts go on from a prompt; see `Engine.score`."""
        end = self._tokenizer.end_of_text
        state, _ = self.prepare([encoded], len(texts), "score", False, _no_step)
        hidden, _ = self._read(state, [prompt + text for text in texts])
        means = []
        for row, text in zip(hidden, texts, strict=True):
            logits = self._decoder.logits(row[-len(text) - 1 : -1])
            scores = logits[:, :end].log_softmax(dim=-1)
            tokens = self.on_device(text)
            means.append(scores.take_along_dim(tokens[:, None], dim=1).mean())
        found: list[float] = torch.stack(means).tolist()
        return found

    def prepare(
        self,
        batch: Sequence[Encoded],
        beams: int,
        name: str,
        timed: bool,
        step: Callable[[DecoderState, bool], None],
    ) -> tuple[DecoderState, Callable[[], None]]:
        """Return a state that attends to the sound, and a step on it.

        Args:
            batch: the utterances.
            beams: hypotheses of each.
            name: of the step.
            timed: what the step is given.
            step: what to do with the state at each token.
        """
        context = len(batch[0].states)
        padded = padded_context(context)
        if not self._memory.holds(len(batch), beams):
            self._steps.clear()
            self._attended_to = ()
            self._memory.grow(len(batch), beams)
        key = (len(batch), beams, padded, name, timed)
        if key not in self._steps:
            state = self._memory.state(len(batch), beams, padded)
            self._steps[key] = (
                state,
                self._captured(lambda: step(state, timed), len(batch) * beams),
            )
            if len(self._steps) > _MOST_STEPS_KEPT:
                self._steps.popitem(last=False)
        self._steps.move_to_end(key)
        state, run = self._steps[key]
        self._hear(batch, state)
        state.attended.cross_mask.fill_(float("-inf"))
        state.attended.cross_mask[..., :context] = 0
        return state, run

    def begin(self, state: DecoderState, prompts: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """Let the decoder read the prompts; those of an utterance's hypotheses are the same.

        Returns:
            Scores of the next token, shape `(rows, n_vocab)`, and the no-speech probability, shape
            `(rows,)`.
        """
        rows = len(state.tokens)
        prompts = [prompt for prompt in prompts for _ in range(rows // len(prompts))]
        hidden, padded = self._read(state, prompts)
        start = self._tokenizer.special("startoftranscript")
        starts = self.on_device([len(row) - 1 - row[::-1].index(start) for row in padded])
        at_start = hidden.take_along_dim(starts[:, None, None], dim=1)
        logits = self._decoder.logits(torch.cat([hidden[:, -1:], at_start], dim=1))
        no_speech = logits[:, 1].softmax(dim=-1)[:, self._tokenizer.special("nospeech")]
        return logits[:, 0], no_speech

    def _read(
        self, state: DecoderState, rows: Sequence[list[int]]
    ) -> tuple[Tensor, list[list[int]]]:
        """Let the decoder read tokens from the first column on.

        Shorter rows are padded on the left, so that all go on from the same column.

        Returns:
            What it made of each token, shape `(rows, n, n_text_state)`, and the padded rows.
        """
        longest = max(map(len, rows))
        end = self._tokenizer.end_of_text
        padding = [longest - len(row) for row in rows]
        padded = [[end] * missing + row for missing, row in zip(padding, rows, strict=True)]
        state.attended.cache.zero_()
        state.attended.start.copy_(self.on_device(padding))
        state.attended.column.zero_()
        state.recent.fill_(end)
        state.latest.zero_()
        state.finished.zero_()
        hidden = self._decoder(self.on_device(padded), state.attended)
        state.attended.column.fill_(longest - 1)
        return hidden, padded

    def on_device(self, numbers: Sequence[object]) -> Tensor:
        """Return whole numbers on the device, without waiting for what the card is doing."""
        pinned = torch.tensor(numbers, pin_memory=self._device.type == "cuda")
        return pinned.to(self._device, non_blocking=True)

    def scores(self, state: DecoderState, logits: Tensor, *, timed: bool, first: bool) -> Tensor:
        """Return the logits, with minus infinity where a token may not be written."""
        if timed:
            return self._rules.apply_timed(logits, state.recent, state.latest, first=first)
        return self._rules.apply(logits, first=first)

    def next_logits(self, state: DecoderState) -> Tensor:
        """Read the last tokens and return the next ones' scores, `(rows, n_vocab)`."""
        state.attended.column.add_(1)
        logits: Tensor = self._decoder.logits(self._decoder(state.tokens, state.attended)[:, -1])
        return logits

    def _step(self, state: DecoderState, timed: bool) -> None:
        self._choose(state, self.next_logits(state), timed=timed, first=False)

    def _choose(self, state: DecoderState, logits: Tensor, *, timed: bool, first: bool) -> None:
        scores = self.scores(state, logits, timed=timed, first=first)
        best, token = scores.max(dim=-1)
        token = token.masked_fill(state.finished, self._tokenizer.end_of_text)
        column = state.attended.column.view(1) + 1
        state.written.index_copy_(1, column, token[:, None])
        state.log_probabilities.index_copy_(1, column, (best - scores.logsumexp(-1))[:, None])
        state.tokens.copy_(token[:, None])
        if timed:
            state.recent.copy_(torch.stack([state.recent[:, 1], token], dim=1))
            is_time = token >= self._tokenizer.timestamp_begin
            state.latest.copy_(torch.where(is_time, token, state.latest))
        state.finished.logical_or_(token == self._tokenizer.end_of_text)
        state.all_finished.copy_(state.finished.all())

    def _cut(
        self, row: list[int], scores: list[float], most: int, no_speech: float
    ) -> SearchResult:
        end = self._tokenizer.end_of_text
        capped = end not in row[:most]
        length = most if capped else row.index(end)
        return SearchResult(row[:length], sum(scores[: length + (not capped)]), no_speech, capped)

    def _hear(self, batch: Sequence[Encoded], state: DecoderState) -> None:
        # Hearing the same with another prompt costs no more than the prompt.
        if len(self._attended_to) == len(batch) and all(
            map(operator.is_, self._attended_to, batch)
        ):
            return
        self._attended_to = ()
        states = torch.stack([encoded.states for encoded in batch])
        self._decoder.attend_to(states, state.attended.cross)
        self._attended_to = tuple(batch)

    def _captured(self, run: Callable[[], None], rows: int) -> Callable[[], None]:
        return self._graphs.captured(run) if rows <= _MOST_ROWS_CAPTURED else run


def _no_step(state: DecoderState, timed: bool) -> None:
    """Do nothing, for a state that is read and never written."""
