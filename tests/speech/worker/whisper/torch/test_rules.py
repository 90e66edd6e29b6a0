from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="the torch engine's packages are not installed")

from torch import Tensor

from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch.rules import Rules

N_VOCAB = 51865
END, ZERO = 50257, 50364
NEVER = -math.inf


@pytest.fixture(scope="module")
def rules(tokenizer: Tokenizer) -> Rules:
    return Rules(tokenizer, N_VOCAB, torch.device("cpu"))


def logits(seed: int, likelier_times: float) -> Tensor:
    scores: Tensor = torch.randn(N_VOCAB, generator=torch.Generator().manual_seed(seed))
    scores[ZERO:] += likelier_times
    return scores


def slow_rules(scores: Tensor, tokens: list[int], tokenizer: Tokenizer) -> Tensor:
    """One row, by the words of openai-whisper's `ApplyTimestampRules`."""
    scores = scores.clone()
    scores[list(tokenizer.suppressed_tokens)] = NEVER
    scores[ZERO - 1] = NEVER
    if not tokens:
        scores[[*tokenizer.encode(" "), END]] = NEVER
        scores[:ZERO] = NEVER
        scores[ZERO + 51 :] = NEVER
    if tokens and tokens[-1] >= ZERO:
        if len(tokens) < 2 or tokens[-2] >= ZERO:
            scores[ZERO:] = NEVER
        else:
            scores[:END] = NEVER
    times = [token for token in tokens if token >= ZERO]
    if times:
        closes = tokens[-1] >= ZERO and len(tokens) > 1 and tokens[-2] < ZERO
        scores[ZERO : times[-1] + (not closes)] = NEVER
    if scores[ZERO:].logsumexp(0) > scores[:ZERO].max():
        scores[:ZERO] = NEVER
    return scores


@pytest.mark.parametrize(
    "tokens",
    [
        [],
        [ZERO],
        [ZERO, 100],
        [ZERO, 100, 200],
        [ZERO, 100, 200, ZERO + 60],
        [ZERO, 100, 200, ZERO + 60, ZERO + 60],
        [ZERO, 100, ZERO + 60, ZERO + 70, 300],
        [ZERO, 100, ZERO + 60, ZERO + 70, 300, ZERO + 1500],
    ],
    ids=len,
)
@pytest.mark.parametrize("likelier_times", [-20.0, 0.0, 20.0])
def test_times_follow_openai_whisper(
    rules: Rules, tokenizer: Tokenizer, tokens: list[int], likelier_times: float
) -> None:
    scores = logits(len(tokens), likelier_times)
    written = torch.tensor([([END, END, *tokens])[-2:]])
    latest = torch.tensor([max([token for token in tokens if token >= ZERO], default=0)])
    ours = rules.apply_timed(scores[None], written, latest, first=not tokens)[0]
    assert torch.equal(ours, slow_rules(scores, tokens, tokenizer))


def test_rows_are_independent(rules: Rules, tokenizer: Tokenizer) -> None:
    rows = [[ZERO], [ZERO, 100, ZERO + 60], [ZERO, 100]]
    scores = torch.stack([logits(row, 0.7 * row) for row in range(3)])
    written = torch.tensor([[END, *row][-2:] for row in rows])
    latest = torch.tensor([ZERO, ZERO + 60, ZERO])
    together = rules.apply_timed(scores, written, latest, first=False)
    for ours, one, row in zip(together, scores, rows, strict=True):
        assert torch.equal(ours, slow_rules(one, row, tokenizer))


def test_without_times(rules: Rules, tokenizer: Tokenizer) -> None:
    scores = logits(1, 0.0)[None]
    first, later = rules.apply(scores, first=True)[0], rules.apply(scores, first=False)[0]
    never = {number for number, score in enumerate(later.tolist()) if score == NEVER}
    assert never == set(tokenizer.suppressed_tokens)
    at_first = {number for number, score in enumerate(first.tolist()) if score == NEVER}
    assert at_first == never | {220, END}
    assert torch.equal(later[later > NEVER], scores[0][later > NEVER])
