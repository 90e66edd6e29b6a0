"""Name the heads of cross-attention that follow the sound, by which words are timed.

Source: openai-whisper 20250625, `whisper.__init__._ALIGNMENT_HEADS`, unpacked.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from voice_assistant.models.model import Model

_HEADS = MappingProxyType(
    {
        "base": ((3, 1), (4, 2), (4, 3), (4, 7), (5, 1), (5, 2), (5, 4), (5, 6)),
        "small": (
            *((5, 3), (5, 9), (8, 0), (8, 4), (8, 7)),
            *((8, 8), (9, 0), (9, 7), (9, 9), (10, 5)),
        ),
        "medium": ((13, 15), (15, 4), (15, 15), (16, 1), (20, 0), (23, 4)),
        "large-v3-turbo": ((2, 4), (2, 11), (3, 3), (3, 6), (3, 11), (3, 14)),
        "large-v3": (
            *((7, 0), (10, 17), (12, 18), (13, 12), (16, 1)),
            *((17, 14), (19, 11), (21, 4), (24, 1), (25, 6)),
        ),
    }
)


def alignment_heads(model: Model) -> Sequence[tuple[int, int]]:
    """Return pairs of layer and head; the upper half for a model without an entry."""
    if model.name in _HEADS:
        return _HEADS[model.name]
    layers, heads = model.dimensions.n_text_layer, model.dimensions.n_text_head
    return [(layer, head) for layer in range(layers // 2, layers) for head in range(heads)]
