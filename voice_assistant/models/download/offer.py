"""Find in which form a model can be fetched, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voice_assistant.models.download.source import SourceName, find_source
from voice_assistant.models.model import Model, ModelFile

Form = Literal["checkpoint", "ctranslate2"]
"""OpenAI's file, which torch reads and the CPU needs converted; or the CPU's, which both read."""

WantedSource = Literal["auto", "modelscope", "official", "registry"]
"""What can be asked for: a source, or whatever gets there."""

SOURCES: tuple[SourceName, ...] = ("modelscope", "official")
"""Those on the network, in the order in which they are tried; China reaches the first one best."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Hold the files that make a model usable, and where they are.

    Attributes:
        form: what they are.
        files: all of them.
        sources: that have all of them, in the order in which they are to be asked.
    """

    form: Form
    files: tuple[ModelFile, ...]
    sources: tuple[SourceName, ...]

    @property
    def size(self) -> int:
        """Return the bytes of all files."""
        return sum(file.size for file in self.files)


def find_offers(model: Model, form: Form, wish: WantedSource) -> list[Offer]:
    """Return what there is of a model on the network, best first.

    A source that comes earlier counts for more than the form: what it has can be converted, and
    what is slow is waited for.

    Args:
        model: the model.
        form: the one that the engine of this computer reads as it is.
        wish: the source to keep to, if it is one.
    """
    wanted = SOURCES if wish == "auto" else tuple(each for each in SOURCES if each == wish)
    both = (
        Offer("checkpoint", (model.checkpoint,), _sources((model.checkpoint,), wanted)),
        Offer("ctranslate2", model.files, _sources(model.files, wanted)),
    )
    offers = [offer for offer in both if offer.sources]
    return sorted(offers, key=lambda offer: (wanted.index(offer.sources[0]), offer.form != form))


def _sources(
    files: tuple[ModelFile, ...], wanted: tuple[SourceName, ...]
) -> tuple[SourceName, ...]:
    return tuple(name for name in wanted if files and all(find_source(name, f) for f in files))
