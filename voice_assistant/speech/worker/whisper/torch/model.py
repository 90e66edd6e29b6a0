"""Compute Whisper's encoder and decoder on torch, for inference alone.

The architecture is that of openai-whisper's `whisper/model.py`, and so are the names of the
weights, but for those that `layers` stacks. Between the layers everything is float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F  # noqa: N812 -- as everybody calls it
from torch import Tensor, nn

from voice_assistant.models.model import Dimensions
from voice_assistant.speech.worker.whisper.torch.layers import (
    Convolution,
    CrossAttention,
    LayerNorm,
    Placement,
    SelfAttention,
)


@dataclass(slots=True)
class Attended:
    """Hold what the decoder attends to besides the tokens of this step.

    All of it stays where it is from step to step, so that a step can be captured. Rows are
    hypotheses; those of one utterance stand together and share its sound.

    Attributes:
        cache: keys and values of earlier tokens, shape
            `(n_layer, 2, rows, n_head, n_text_ctx, d_head)`. No NaN may be in it, even where no
            token is.
        cross: keys and values of the sound, shape
            `(n_layer, 2, utterances, n_head, context, d_head)`; no NaN.
        cross_mask: shape `(1, 1, 1, context)`, 0 where there is sound and minus infinity where not.
        start: the column of each row's first token, shape `(rows,)`; before it is padding.
        column: the column of the step's first token, shape `()`.
    """

    cache: Tensor
    cross: Tensor
    cross_mask: Tensor
    start: Tensor
    column: Tensor


class EncoderBlock(nn.Module):
    """Compute one layer of the encoder."""

    def __init__(self, n_state: int, n_head: int, placement: Placement) -> None:
        super().__init__()
        self.attn = SelfAttention(n_state, n_head, placement)
        self.attn_ln = LayerNorm(n_state, placement)
        self.mlp = _mlp(n_state, placement)
        self.mlp_ln = LayerNorm(n_state, placement)

    def forward(self, x: Tensor) -> Tensor:
        """Take shape `(batch, context, n_state)`, float32."""
        x = x + self.attn(self.attn_ln(x))
        x = x + self.mlp(self.mlp_ln(x))
        return x


class DecoderBlock(nn.Module):
    """Compute one layer of the decoder."""

    def __init__(self, n_state: int, n_head: int, placement: Placement) -> None:
        super().__init__()
        self.attn = SelfAttention(n_state, n_head, placement)
        self.attn_ln = LayerNorm(n_state, placement)
        self.cross_attn = CrossAttention(n_state, n_head, placement)
        self.cross_attn_ln = LayerNorm(n_state, placement)
        self.mlp = _mlp(n_state, placement)
        self.mlp_ln = LayerNorm(n_state, placement)

    def forward(
        self, x: Tensor, layer: int, attended: Attended, columns: Tensor, mask: Tensor
    ) -> Tensor:
        """Take shape `(rows, n, n_state)`, float32; see `Attended` and `SelfAttention`."""
        x = x + self.attn(self.attn_ln(x), attended.cache[layer], columns, mask)
        normal = self.cross_attn_ln(x)
        x = x + self.cross_attn(normal, attended.cross[layer], attended.cross_mask)
        x = x + self.mlp(self.mlp_ln(x))
        return x


class Encoder(nn.Module):
    """Turn a spectrogram into the states that the decoder attends to."""

    def __init__(self, dimensions: Dimensions, placement: Placement) -> None:
        super().__init__()
        n_state = dimensions.n_audio_state
        self.conv1 = Convolution(dimensions.n_mels, n_state, 1, placement)
        self.conv2 = Convolution(n_state, n_state, 2, placement)
        self.positional_embedding = placement.weight(dimensions.n_audio_ctx, n_state)
        self.blocks = nn.ModuleList(
            EncoderBlock(n_state, dimensions.n_audio_head, placement)
            for _ in range(dimensions.n_audio_layer)
        )
        self.ln_post = LayerNorm(n_state, placement)
        self._dtype = placement.dtype

    def forward(self, mel: Tensor) -> Tensor:
        """Encode; the context is as long as the sound.

        Args:
            mel: log-mel spectrograms, shape `(batch, n_mels, frames)`; an even number of frames,
                at most `2 * n_audio_ctx`.

        Returns:
            Shape `(batch, frames / 2, n_audio_state)`, in the arithmetic type.
        """
        x = F.gelu(self.conv1(mel.transpose(1, 2).to(self._dtype)))
        x = F.gelu(self.conv2(x))
        x = x.float() + self.positional_embedding[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        states: Tensor = self.ln_post(x)
        return states


class Decoder(nn.Module):
    """Turn states and tokens into the next tokens' scores."""

    def __init__(self, dimensions: Dimensions, placement: Placement) -> None:
        super().__init__()
        n_state = dimensions.n_text_state
        self.token_embedding = placement.embedding(dimensions.n_vocab, n_state)
        self.positional_embedding = placement.weight(dimensions.n_text_ctx, n_state)
        self.blocks = nn.ModuleList(
            DecoderBlock(n_state, dimensions.n_text_head, placement)
            for _ in range(dimensions.n_text_layer)
        )
        self.ln = LayerNorm(n_state, placement)

    def attend_to(self, states: Tensor, cross: Tensor) -> None:
        """Compute keys and values of the sound.

        Args:
            states: what the encoder gave, shape `(utterances, n, n_audio_state)`.
            cross: where they are put, at the beginning; see `Attended.cross`.
        """
        blocks = cast("list[DecoderBlock]", list(self.blocks))
        for block, place in zip(blocks, cross, strict=True):
            place[:, :, :, : states.shape[1]] = block.cross_attn.keys_values(states)

    def forward(self, tokens: Tensor, attended: Attended) -> Tensor:
        """Run the layers; keys and values of these tokens go into the cache.

        Args:
            tokens: shape `(rows, n)`; those of the columns from `attended.column` on.
            attended: everything else.

        Returns:
            Shape `(rows, n, n_text_state)`, in the arithmetic type.
        """
        columns = attended.column + torch.arange(tokens.shape[1], device=tokens.device)
        positions = (columns - attended.start[:, None]).clamp(min=0)
        x = self.token_embedding(tokens) + F.embedding(positions, self.positional_embedding)
        mask = self._mask(attended, columns)
        for layer, block in enumerate(self.blocks):
            x = block(x, layer, attended, columns, mask)
        normal: Tensor = self.ln(x)
        return normal

    def logits(self, x: Tensor) -> Tensor:
        """Return scores of every token in float32, shape `(…, n_vocab)`, of `(…, n_text_state)`."""
        scores: Tensor = self.token_embedding.logits(x)
        return scores

    def _mask(self, attended: Attended, columns: Tensor) -> Tensor:
        """Return what is added to the self attention's scores, shape `(rows, 1, n, n_text_ctx)`."""
        there = torch.arange(attended.cache.shape[4], device=columns.device)
        here = columns[:, None]
        spoken = there >= attended.start[:, None, None]
        # Padding sees itself: a row of nothing but minus infinity is NaN, and stays in the cache.
        seen = (there <= here) & (spoken | (there == here))
        mask = torch.zeros(seen.shape, dtype=attended.cache.dtype, device=columns.device)
        return mask.masked_fill_(~seen, float("-inf"))[:, None]


class Whisper(nn.Module):
    """Hold a model whose weights are not set yet; see `weights`."""

    def __init__(self, dimensions: Dimensions, placement: Placement) -> None:
        super().__init__()
        self.dimensions = dimensions
        self.placement = placement
        self.encoder = Encoder(dimensions, placement)
        self.decoder = Decoder(dimensions, placement)


def _mlp(n_state: int, placement: Placement) -> nn.Sequential:
    return nn.Sequential(
        placement.linear(n_state, 4 * n_state), nn.GELU(), placement.linear(4 * n_state, n_state)
    )
