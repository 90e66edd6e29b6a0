"""Hold matrices as int8, with one scale per row: half the memory of half precision.

Only the weights are quantised. Each is unfolded to the arithmetic type where it is used and thrown
away again, the vocabulary in slices, so that the largest of these temporaries is that of one
matrix of a layer and not the 127 MB of turbo's vocabulary. Rounding is symmetric, to
`max(abs(row)) / 127`, as in CTranslate2's `model_spec.py`.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812 -- as everybody calls it
from torch import Tensor, nn

_SLICE = 8192
"""Rows of the vocabulary that are quantised, or unfolded, at once."""


class Int8Matrix(nn.Module):
    """Hold a matrix of shape `(rows, columns)` as int8.

    Args:
        rows: how many; each has its own scale.
        columns: how many.
        device: where it is.
        dtype: what the arithmetic is done in.
    """

    def __init__(self, rows: int, columns: int, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype
        self.weight = nn.Parameter(
            torch.empty(rows, columns, dtype=torch.int8, device=device), requires_grad=False
        )
        self.scale = nn.Parameter(
            torch.empty(rows, 1, dtype=torch.float32, device=device), requires_grad=False
        )

    def quantise(self, first_row: int, part: Tensor) -> None:
        """Replace some rows by these, which are quantised.

        Args:
            first_row: where they begin.
            part: shape `(n, columns)`, of any floating type and on any device.
        """
        for start in range(0, len(part), _SLICE):
            values = part[start : start + _SLICE].to(self.weight.device).float()
            scale = values.abs().amax(dim=1, keepdim=True).clamp_(min=1e-12) / 127
            rows = slice(first_row + start, first_row + start + len(values))
            self.weight[rows] = (values / scale).round_().to(torch.int8)
            self.scale[rows] = scale

    def unfold(self, rows: slice = slice(None)) -> Tensor:
        """Return rows in the arithmetic type, shape `(n, columns)`."""
        held = self.weight[rows]
        # One kernel, which multiplies in float32 and writes half.
        out = torch.empty(held.shape, dtype=self.dtype, device=held.device)
        return torch.mul(held, self.scale[rows], out=out)


class Int8Linear(Int8Matrix):
    """Compute `x @ weight.T + bias` with an int8 weight.

    Args:
        n_in: columns of the matrix.
        n_out: rows of the matrix.
        device: where it is.
        held: of the bias.
        dtype: what the arithmetic is done in.
    """

    def __init__(
        self, n_in: int, n_out: int, device: torch.device, held: torch.dtype, dtype: torch.dtype
    ) -> None:
        super().__init__(n_out, n_in, device, dtype)
        self.bias = nn.Parameter(torch.zeros(n_out, dtype=held, device=device), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map shape `(…, n_in)` to `(…, n_out)`."""
        return F.linear(x, self.unfold(), self.bias.to(self.dtype))


class Int8Embedding(Int8Matrix):
    """Look tokens up in an int8 vocabulary, and score every token with it.

    Args:
        n_vocab: how many tokens.
        n_state: width of the model.
        device: where it is.
        held: of no account; what other embeddings are held in.
        dtype: what the arithmetic is done in.
    """

    def __init__(
        self,
        n_vocab: int,
        n_state: int,
        device: torch.device,
        held: torch.dtype,
        dtype: torch.dtype,
    ) -> None:
        super().__init__(n_vocab, n_state, device, dtype)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return embeddings in float32, shape `(…, n_state)`, of tokens of shape `(…)`."""
        return F.embedding(tokens, self.weight) * F.embedding(tokens, self.scale)

    def logits(self, x: Tensor) -> Tensor:
        """Return scores of every token in float32, shape `(…, n_vocab)`, of `(…, n_state)`."""
        n_vocab = len(self.weight)
        scores = torch.empty((*x.shape[:-1], n_vocab), dtype=torch.float32, device=x.device)
        for start in range(0, n_vocab, _SLICE):
            rows = slice(start, start + _SLICE)
            scores[..., rows] = F.linear(x, self.unfold(rows))
        return scores
