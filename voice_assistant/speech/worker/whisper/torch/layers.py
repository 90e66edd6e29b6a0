"""Compute Whisper's layers on torch, for inference alone.

The arithmetic is that of openai-whisper's `whisper/model.py`. Matrices that are multiplied with the
same input are one: queries, keys and values (`qkv`), keys and values of the cross attention (`kv`).
That is a third of the launches, and enough work in each to fill a card at ten seconds of sound.
LayerNorm is float32; the convolutions are matrix products, which spares loading cuDNN.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 -- as everybody calls it
from torch import Tensor, nn

from voice_assistant.speech.worker.whisper.torch.quantised import Int8Embedding, Int8Linear


@dataclass(frozen=True, slots=True)
class Placement:
    """Say on which device weights are and in which types.

    Attributes:
        device: where they are.
        held: what they are held in, except LayerNorm's.
        dtype: what matrices are multiplied in; another type than `held` costs a conversion at each
            use.
        int8: whether the matrices of the layers and the vocabulary are held as int8 instead.
    """

    device: torch.device
    held: torch.dtype
    dtype: torch.dtype
    int8: bool = False

    def linear(self, n_in: int, n_out: int) -> Linear | Int8Linear:
        """Make a layer that computes `x @ weight.T + bias`."""
        return (Int8Linear if self.int8 else Linear)(
            n_in, n_out, self.device, self.held, self.dtype
        )

    def embedding(self, n_vocab: int, n_state: int) -> Embedding | Int8Embedding:
        """Make a vocabulary."""
        return (Int8Embedding if self.int8 else Embedding)(
            n_vocab, n_state, self.device, self.held, self.dtype
        )

    def weight(self, *shape: int) -> nn.Parameter:
        """Make a weight that is not set yet."""
        empty = torch.empty(shape, dtype=self.held, device=self.device)
        return nn.Parameter(empty, requires_grad=False)


class Linear(nn.Module):
    """Compute `x @ weight.T + bias`."""

    def __init__(
        self, n_in: int, n_out: int, device: torch.device, held: torch.dtype, dtype: torch.dtype
    ) -> None:
        super().__init__()
        placement = Placement(device, held, dtype)
        self.dtype = dtype
        self.weight = placement.weight(n_out, n_in)
        self.bias = nn.Parameter(torch.zeros(n_out, dtype=held, device=device), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map shape `(…, n_in)` to `(…, n_out)`."""
        return F.linear(x, self.weight.to(self.dtype), self.bias.to(self.dtype))


class Embedding(nn.Module):
    """Look tokens up in a vocabulary, and score every token with it."""

    def __init__(
        self,
        n_vocab: int,
        n_state: int,
        device: torch.device,
        held: torch.dtype,
        dtype: torch.dtype,
    ) -> None:
        super().__init__()
        self.dtype = dtype
        self.weight = Placement(device, held, dtype).weight(n_vocab, n_state)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return embeddings in float32, shape `(…, n_state)`, of tokens of shape `(…)`."""
        return F.embedding(tokens, self.weight).float()

    def logits(self, x: Tensor) -> Tensor:
        """Return scores of every token in float32, shape `(…, n_vocab)`, of `(…, n_state)`."""
        return F.linear(x, self.weight.to(self.dtype)).float()


class LayerNorm(nn.Module):
    """Normalise layers in float32, with a result in the arithmetic type."""

    def __init__(self, n_state: int, placement: Placement) -> None:
        super().__init__()
        self.dtype = placement.dtype
        single = Placement(placement.device, torch.float32, torch.float32)
        self.weight = single.weight(n_state)
        self.bias = single.weight(n_state)

    def forward(self, x: Tensor) -> Tensor:
        """Take shape `(…, n_state)`, float32."""
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias).to(self.dtype)


class Convolution(nn.Module):
    """Convolve three frames, with one of padding, as a matrix product."""

    def __init__(self, n_in: int, n_out: int, stride: int, placement: Placement) -> None:
        super().__init__()
        self.dtype = placement.dtype
        self.stride = stride
        self.weight = placement.weight(n_out, n_in, 3)
        self.bias = placement.weight(n_out)

    def forward(self, x: Tensor) -> Tensor:
        """Map shape `(batch, frames, n_in)` to `(batch, frames / stride, n_out)`."""
        frames = F.pad(x, (0, 0, 1, 1)).unfold(1, 3, self.stride).flatten(2)
        return F.linear(frames, self.weight.to(self.dtype).flatten(1), self.bias.to(self.dtype))


class SelfAttention(nn.Module):
    """Let tokens, or frames, attend to each other."""

    def __init__(self, n_state: int, n_head: int, placement: Placement) -> None:
        super().__init__()
        self.n_head = n_head
        self.qkv = placement.linear(n_state, 3 * n_state)
        self.out = placement.linear(n_state, n_state)

    def forward(
        self,
        x: Tensor,
        cache: Tensor | None = None,
        columns: Tensor | None = None,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Take shape `(batch, n, n_state)`.

        Args:
            x: what is attended to and from.
            cache: shape `(2, batch, n_head, n_text_ctx, d_head)`, which keys and values are put
                into and taken from; none where only `x` is attended to.
            columns: shape `(n,)`, where in the cache.
            mask: added to the scores, shape `(batch, 1, n, n_text_ctx)`.
        """
        stacked = self.qkv(x).view(*x.shape[:2], 3, self.n_head, -1).permute(2, 0, 3, 1, 4)
        query, key, value = stacked
        if cache is not None and columns is not None:
            key, value = cache.index_copy_(3, columns, stacked[1:])
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        out: Tensor = self.out(attended.transpose(1, 2).flatten(2))
        return out


class CrossAttention(nn.Module):
    """Let tokens attend to the sound."""

    def __init__(self, n_state: int, n_head: int, placement: Placement) -> None:
        super().__init__()
        self.n_head = n_head
        self.query = placement.linear(n_state, n_state)
        self.kv = placement.linear(n_state, 2 * n_state)
        self.out = placement.linear(n_state, n_state)

    def keys_values(self, states: Tensor) -> Tensor:
        """Map `(batch, context, n_state)` to `(2, batch, n_head, context, d_head)`."""
        stacked: Tensor = self.kv(states)
        batch, context, _ = stacked.shape
        return stacked.view(batch, context, 2, self.n_head, -1).permute(2, 0, 3, 1, 4)

    def forward(self, x: Tensor, keys_values: Tensor, mask: Tensor) -> Tensor:
        """Take shape `(rows, n, n_state)`; the rows of one utterance attend to the same keys."""
        rows, n, _ = x.shape
        key, value = keys_values
        utterances = len(key)
        query = self.query(x).view(utterances, rows // utterances * n, self.n_head, -1)
        attended = F.scaled_dot_product_attention(query.transpose(1, 2), key, value, attn_mask=mask)
        out: Tensor = self.out(attended.transpose(1, 2).reshape(rows, n, -1))
        return out
