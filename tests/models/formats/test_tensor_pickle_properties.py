from __future__ import annotations

import pickle
import sys
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.checkpoint_file import Tensor, pickled, random_tensors
from tests.support.properties import little_memory, unreliable
from voice_assistant.models.formats.tensor_pickle import Storage, StoredTensor, unpickle

TENSORS = dict(list(random_tensors().items())[:4])
GOOD = pickled({"n_mels": 80}, {name: Tensor(name, array) for name, array in TENSORS.items()})
HARMLESS = (dict, list, tuple, int, float, str, bool, type(None), StoredTensor, Storage)

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(st.text(), inner),
    ),
)


@given(values)
def test_plain_values_come_back(value: Any) -> None:
    data = pickle.dumps(value, 2)
    if b"\x8b" in data:  # LONG4: more than 2040 bits, which no shape has
        return
    assert unpickle(data) == value


@example(b"ctorch\nHalf\\oStorage\n.")
@given(unreliable(GOOD, pickle.dumps({"a": [1, (2,)]}, 2)))
def test_whatever_it_is_it_is_read_or_refused_and_nothing_runs(data: bytes) -> None:
    before = imported()
    with little_memory():
        try:
            found = unpickle(data)
        except ValueError:
            found = None
    assert imported() == before
    assert_harmless(found)


def imported() -> set[str]:
    """What is imported, but for the codecs that Python imports when they are first used."""
    return {name for name in sys.modules if not name.startswith("encodings.")}


def assert_harmless(value: Any) -> None:
    """Nothing is in it that could do something when it is used."""
    waiting = [value]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        assert isinstance(each, HARMLESS) or type(each).__module__.endswith("tensor_pickle"), each
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple)):
            waiting += each
