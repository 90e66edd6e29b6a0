"""Tell which tokens may come next, on the device and without asking the host.

The rules are openai-whisper's (`whisper/decoding.py`: SuppressTokens, SuppressBlank and
ApplyTimestampRules), as they are by default; CTranslate2 has the same.
"""

from __future__ import annotations

import torch
from torch import Tensor

from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer

_FORBIDDEN = float("-inf")
# 1 s in steps of 20 ms: speech in a window begins early, or the model is guessing.
_LATEST_BEGINNING = 50


class Rules:
    """Forbid what may not be written.

    Args:
        tokenizer: the model's.
        n_vocab: how many tokens it scores.
        device: where scores are.
    """

    def __init__(self, tokenizer: Tokenizer, n_vocab: int, device: torch.device) -> None:
        self._time = tokenizer.timestamp_begin
        self._end = tokenizer.end_of_text
        self._tokens = torch.arange(n_vocab, device=device)
        never = torch.zeros(n_vocab, device=device)
        never[list(tokenizer.suppressed_tokens)] = _FORBIDDEN
        # Nor at the beginning: nothing at all.
        at_first = never.clone()
        at_first[[*tokenizer.encode(" "), self._end]] = _FORBIDDEN
        untimed = torch.zeros(n_vocab, device=device)
        untimed[self._time - 1] = _FORBIDDEN
        first_times = torch.zeros(n_vocab, device=device)
        first_times[: self._time] = _FORBIDDEN
        first_times[self._time + _LATEST_BEGINNING + 1 :] = _FORBIDDEN
        self._masks = {
            (False, False): never,
            (False, True): at_first,
            (True, False): never + untimed,
            (True, True): at_first + untimed + first_times,
        }

    def apply(self, logits: Tensor, *, first: bool) -> Tensor:
        """Set the scores of what may not be written to minus infinity, no times being asked for.

        Args:
            logits: shape `(rows, n_vocab)`, float32; not changed.
            first: whether nothing is written yet.
        """
        return logits + self._masks[False, first]

    def apply_timed(
        self, logits: Tensor, written: Tensor, latest: Tensor, *, first: bool
    ) -> Tensor:
        """Do the same where times are written: in pairs, ascending, and when they are likely.

        Args:
            logits: shape `(rows, n_vocab)`, float32; not changed.
            written: the last two tokens of each row, shape `(rows, 2)`; the end of text where
                there is none yet.
            latest: the latest time of each row, as a token, shape `(rows,)`; 0 where there is none.
            first: whether nothing is written yet.
        """
        logits = logits + self._masks[True, first]
        if not first:
            logits = logits.masked_fill(self._out_of_order(written, latest), _FORBIDDEN)
        times, text = logits[:, self._time :], logits[:, : self._time]
        likely = times.logsumexp(dim=1) > text.amax(dim=1)
        return logits.masked_fill(likely[:, None] & (self._tokens < self._time), _FORBIDDEN)

    def _out_of_order(self, written: Tensor, latest: Tensor) -> Tensor:
        timed = written >= self._time
        # What comes before the first token counts as a time: one beginning, not a pair.
        before_last = timed[:, :1] | (written[:, :1] == self._end)
        last = timed[:, 1:]
        is_time = self._tokens >= self._time
        is_text = self._tokens < self._end
        closes = last & ~before_last
        # A stretch may begin where the last one ended, but not end where it began.
        earliest = latest[:, None] + (~closes).long()
        return (
            (last & before_last & is_time)
            | (closes & is_text)
            | (is_time & (latest[:, None] > 0) & (self._tokens < earliest))
        )
