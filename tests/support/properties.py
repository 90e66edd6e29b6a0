"""Profiles for tests of properties, and bytes that nobody can rely on.

Two profiles: `ci`, a few examples and the same ones on every computer, and `thorough`, many new
ones: `HYPOTHESIS_PROFILE=thorough python -m pytest tests -k properties`.
"""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_EXAMPLES = {"ci": 50, "thorough": 5000}

# Lengths and counts with which sums overflow, signs turn and memory is asked for.
_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_MOST_EDITS = 4
_MOST_INSERTED = 24
_MOST_REPEATS = 50
# Of what is repeated: an example that fails is printed.
_LONGEST = 1500


def load_profile() -> None:
    """Register both profiles, and use the one that the environment names."""
    for name, examples in _EXAMPLES.items():
        settings.register_profile(
            name,
            max_examples=examples,
            derandomize=name == "ci",
            database=None,
            deadline=None,
            print_blob=True,
            # A busy computer must not fail a test, and files may be written over.
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        )
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def one_in(share: int, steps: int = 50) -> settings:
    """Settings for a test whose examples take long: so many fewer of them, of so many steps."""
    fewer = max(1, settings().max_examples // share)
    return settings(max_examples=fewer, stateful_step_count=steps)


def unreliable(*good: bytes, longest: int = 400) -> st.SearchStrategy[bytes]:
    """Bytes of any kind, and good ones that were damaged: changed, cut, added to, repeated.

    Args:
        good: what a parser takes.
        longest: of those that are random from the beginning.
    """
    starts = sorted({sample[:length] for sample in good for length in (4, 8, 16, 32)})
    random = st.binary(max_size=longest)
    begun = st.tuples(st.sampled_from(starts), random).map(b"".join)
    return st.one_of(random, begun, _damaged(good), _damaged(good))


@st.composite
def _damaged(draw: st.DrawFn, good: tuple[bytes, ...]) -> bytes:
    data: bytes = draw(st.sampled_from(good))
    edits = draw(st.lists(st.sampled_from(_EDITS), min_size=1, max_size=_MOST_EDITS))
    for edit in edits:
        data = edit(draw, data)
    return data


def _flip(draw: st.DrawFn, data: bytes) -> bytes:
    at = _place(draw, data)
    return data[:at] + draw(st.binary(min_size=1, max_size=1)) + data[at + 1 :]


def _number(draw: st.DrawFn, data: bytes) -> bytes:
    at, width = _place(draw, data), draw(st.sampled_from((1, 2, 4, 8)))
    number = draw(st.sampled_from(_NUMBERS)) & ((1 << 8 * width) - 1)
    return data[:at] + number.to_bytes(width, "little") + data[at + width :]


def _cut(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = sorted((_place(draw, data), _place(draw, data)))
    return data[:start] + draw(st.sampled_from((b"", data[end:])))


def _insert(draw: st.DrawFn, data: bytes) -> bytes:
    at = _place(draw, data)
    return data[:at] + draw(st.binary(max_size=_MOST_INSERTED)) + data[at:]


def _repeat(draw: st.DrawFn, data: bytes) -> bytes:
    start, end = sorted((_place(draw, data), _place(draw, data)))
    most = max(1, _LONGEST // max(1, end - start))
    repeats = draw(st.integers(1, min(most, _MOST_REPEATS)))
    return data[:end] + data[start:end] * repeats + data[end:]


def _place(draw: st.DrawFn, data: bytes) -> int:
    return draw(st.integers(0, len(data)))


_Edit = Callable[[st.DrawFn, bytes], bytes]
_EDITS: tuple[_Edit, ...] = (_flip, _number, _cut, _insert, _repeat)


@contextmanager
def little_memory(most: int = 20_000_000) -> Iterator[None]:
    """Fail if what is done takes more bytes than that at once, numpy's among them."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= most, f"{peak} bytes at once"
