"""Map arrays that lie in a file into memory, each when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


_MOST_DIMENSIONS = 4


class Extent(NamedTuple):
    """Say where an array lies.

    Attributes:
        offset: of its first byte in the file.
        kind: the type of its numbers.
        shape: its dimensions; the last one changes fastest.
    """

    offset: int
    kind: np.dtype[Any]
    shape: tuple[int, ...]


def check_shape(name: str, shape: Sequence[int], most: int) -> None:
    """Refuse a shape that no array can have; numpy makes not even an empty one of any length.

    Args:
        name: of the array.
        shape: counts of any size, and any number of them.
        most: numbers that an array may have; of one that is empty, its other dimensions.

    Raises:
        ValueError: no array can have it.
    """
    if len(shape) > _MOST_DIMENSIONS:
        raise ValueError(f"{name} has {len(shape)} dimensions")
    if math.prod(each or 1 for each in shape) > most:
        raise ValueError(f"{name} has the shape {tuple(shape)}, too large for its file")


class MappedArrays(Mapping[str, Array]):
    """Give arrays by name.

    Nothing is held: what has been used is given back to the system as soon as nobody has it, so
    that going through a model takes no more memory than its largest matrix.

    Args:
        path: of the file; it must not change while this is used.
        extents: where in it each array lies; all within the file.
    """

    def __init__(self, path: Path, extents: Mapping[str, Extent]) -> None:
        self._path = path
        self._extents = extents

    def __getitem__(self, name: str) -> Array:
        """Return an array; writing to it changes nothing in the file.

        Raises:
            KeyError: there is none of this name.
            OSError: the file cannot be read any more.
        """
        offset, kind, shape = self._extents[name]
        if 0 in shape:
            return np.zeros(shape, kind)
        # Copy on write: torch refuses to share memory that cannot be written to. A file may have
        # its arrays anywhere: numpy copies, where alignment matters, on use.
        mapped = np.memmap(self._path, kind, mode="c", offset=offset, shape=shape or (1,))
        return mapped.view(np.ndarray).reshape(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._extents)

    def __len__(self) -> int:
        return len(self._extents)
