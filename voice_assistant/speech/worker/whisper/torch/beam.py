"""Search with a beam on torch: keep a few hypotheses of each utterance, and the best at the end.

The algorithm is openai-whisper's `BeamSearchDecoder` with patience 1 and its ranking by the mean
log-probability. The host chooses, so each token waits for the card once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from voice_assistant.speech.worker.whisper.torch.search import Search
from voice_assistant.speech.worker.whisper.torch.state import DecoderState, Encoded, SearchResult


@dataclass(frozen=True, slots=True)
class _Path:
    """Hold tokens, the sum of their log-probabilities, and the row that they go on from."""

    tokens: tuple[int, ...]
    score: float
    row: int


@dataclass(slots=True)
class _Beams:
    """Hold the hypotheses of one utterance."""

    live: list[_Path]
    finished: list[_Path] = field(default_factory=list)

    def go_on(self, candidates: Sequence[_Path], size: int, end: int) -> None:
        """Keep the best ways to go on; those with an end of text among them are finished."""
        live: list[_Path] = []
        for path in sorted(candidates, key=lambda path: path.score, reverse=True):
            if path.tokens[-1] != end:
                live.append(path)
                if len(live) == size:
                    break
            elif len(self.finished) < size:
                self.finished.append(path)
        self.live = live

    def best(self, size: int, end: int, no_speech: float) -> SearchResult:
        """Return the likeliest hypothesis, by the mean over its tokens."""
        missing = size - len(self.finished)
        unfinished = self.live[:missing] if missing > 0 else []

        def rank(path: _Path) -> float:
            length = len(path.tokens) - (path.tokens[-1] == end)
            return path.score / max(length, 1)

        path = max([*self.finished, *unfinished], key=rank)
        capped = path.tokens[-1] != end
        tokens = list(path.tokens if capped else path.tokens[:-1])
        return SearchResult(tokens, path.score, no_speech, capped)


class BeamSearch:
    """Search with a beam, with the model of another search.

    Args:
        search: prepares states and scores tokens.
        end: the end of text.
        time: the token of 0.00 s.
    """

    def __init__(self, search: Search, end: int, time: int) -> None:
        self._search = search
        self._end = end
        self._time = time

    def run(
        self,
        batch: Sequence[Encoded],
        prompts: Sequence[list[int]],
        most_tokens: int,
        size: int,
        *,
        timed: bool,
    ) -> list[SearchResult]:
        """Write down utterances of one encoder context; see `Search.greedy`.

        Args:
            batch: the utterances.
            prompts: what to go on from, of each.
            most_tokens: where to stop if no end of text comes.
            size: hypotheses of each utterance.
            timed: whether times are written.
        """

        def expand(state: DecoderState, timed: bool) -> None:
            self._rank(state, self._search.next_logits(state), size, timed=timed, first=False)

        state, step = self._search.prepare(batch, size, f"beams of {size}", timed, expand)
        logits, no_speech = self._search.begin(state, prompts)
        self._rank(state, logits, size, timed=timed, first=True)
        # At first all rows of an utterance are the same, so one of them is enough.
        beams = [_Beams([_Path((), 0.0, number * size)]) for number in range(len(batch))]
        for _ in range(most_tokens - 1):
            self._choose(state, beams, size)
            if all(len(utterance.finished) >= size for utterance in beams):
                break
            self._reorder(state, [path for utterance in beams for path in utterance.live])
            step()
        else:
            self._choose(state, beams, size)
        probabilities = no_speech[::size].tolist()
        return [
            utterance.best(size, self._end, probability)
            for utterance, probability in zip(beams, probabilities, strict=True)
        ]

    def _rank(
        self, state: DecoderState, logits: torch.Tensor, size: int, *, timed: bool, first: bool
    ) -> None:
        """Put each row's likeliest tokens where the first columns of `written` are."""
        scores = self._search.scores(state, logits, timed=timed, first=first)
        best, tokens = scores.log_softmax(dim=-1).topk(size + 1, dim=-1)
        state.written[:, : size + 1] = tokens
        state.log_probabilities[:, : size + 1] = best

    def _choose(self, state: DecoderState, beams: list[_Beams], size: int) -> None:
        tokens = state.written[:, : size + 1].tolist()
        scores = state.log_probabilities[:, : size + 1].tolist()
        for number, utterance in enumerate(beams):
            candidates = [
                _Path((*path.tokens, token), path.score + score, row)
                for row, path in enumerate(utterance.live, number * size)
                for token, score in zip(tokens[row], scores[row], strict=True)
            ]
            utterance.go_on(candidates, size, self._end)

    def _reorder(self, state: DecoderState, paths: list[_Path]) -> None:
        """Make the rows those of the hypotheses that are kept."""
        source = [path.row for path in paths]
        if source != list(range(len(source))):
            columns = slice(0, int(state.attended.column) + 1)
            used = state.attended.cache[:, :, :, :, columns]
            used.copy_(used.index_select(2, self._search.on_device(source)))
        state.tokens.copy_(self._search.on_device([[path.tokens[-1]] for path in paths]))
        recent = [(self._end, *path.tokens)[-2:] for path in paths]
        state.recent.copy_(self._search.on_device(recent))
        latest = [max((t for t in path.tokens if t >= self._time), default=0) for path in paths]
        state.latest.copy_(self._search.on_device(latest))
