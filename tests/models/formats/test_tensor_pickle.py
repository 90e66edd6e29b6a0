from __future__ import annotations

import collections
import pickle
import pickletools
import struct
from typing import Any

import pytest

from tests.support.properties import little_memory
from voice_assistant.models.formats import tensor_pickle
from voice_assistant.models.formats.tensor_pickle import StoredTensor, unpickle

DICTIONARY = b"ccollections\nOrderedDict\n"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


class Tool:
    """Would run code when it is unpickled."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = (function, arguments)

    def __reduce__(self) -> tuple[Any, ...]:
        return self._call


def refused(data: bytes, why: str | None = None) -> None:
    with pytest.raises(ValueError, match=why):
        unpickle(data)


def test_plain_values() -> None:
    value = {"a": [1, -2, 3 << 40, 0.5, None, True, False], "b": ((), (1,), (1, 2), (1, 2, 3, 4))}
    assert unpickle(pickle.dumps(value, 2)) == value


def test_ordered_dictionaries() -> None:
    made = unpickle(b"\x80\x02" + DICTIONARY + b")RX\x01\x00\x00\x00aK\x07s.")
    assert made == {"a": 7}
    assert made is not unpickle(b"\x80\x02" + DICTIONARY + b")R.")


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "tool",
    [
        Tool(pytest.fail, "a pickle ran code"),
        Tool(eval, "1"),
        Tool(getattr, "", "format"),
        Tool(collections.Counter, "abc"),
        Tool(bytearray, 1 << 40),
    ],
)
def test_nothing_else_is_named(tool: Tool, protocol: int) -> None:
    refused(pickle.dumps(tool, protocol))


@pytest.mark.parametrize(
    "data",
    [
        # Arguments, and attributes, for what can be named.
        DICTIONARY + b"K\x07\x85R.",
        REBUILD + b")R.",
        DICTIONARY + b"}X\x01\x00\x00\x00aK\x07sb.",
        DICTIONARY + b"N}X\x08\x00\x00\x00__call__K\x07s\x86b.",
        REBUILD + b"}X\x01\x00\x00\x00aK\x07sb.",
        b"ctorch\nHalfStorage\n)R.",
        b"ctorch\nHalfStorage\n}X\x01\x00\x00\x00aK\x07sb.",
        b"ctorch\n_utils._rebuild\n.",
        b"ctorch.storage\nHalfStorage\n.",
        # Names of storages that are none.
        b"K\x07Q.",
        b"(K\x07K\x07K\x07K\x07K\x07tQ.",
        # Instructions that are not followed.
        b"\x8c\x02os\x8c\x06system\x93.",
        b"(cos\nsystem\nX\x02\x00\x00\x00lso.",
        b"(S'ls'\nios\nsystem\n.",
        b"\x82\x01.",
        DICTIONARY + b")\x81.",
        # Broken off, and empty.
        b"",
        b".",
        b"R.",
        b"h\x07.",
        b"K",
        b"X\xff\xff\xff\xffabc.",
        b"Ga.",
    ],
)
def test_other_instructions(data: bytes) -> None:
    refused(data)
    refused(b"\x80\x02" + data)


def test_a_far_place_in_its_memory_takes_none_of_ours() -> None:
    with little_memory(1_000_000):
        assert unpickle(b"Nr" + struct.pack("<I", (1 << 32) - 1) + b".") is None


def test_tuples_in_tuples_are_never_hashed() -> None:
    # Hashing them overflows the stack, which ends the process.
    refused(b"})" + b"\x85" * 200_000 + b"Ns.", "no string")


def test_what_can_be_named_stays_as_it_is() -> None:
    attack = b"N}X\x01\x00\x00\x00aK\x07s\x86b."
    tensor = REBUILD + b"(K\x01K\x02K\x03K\x04tR."
    named = (DICTIONARY, REBUILD, b"ctorch._utils\n_rebuild_parameter\n", b"ctorch\nHalfStorage\n")
    for each in named:
        refused(each + attack)
        assert unpickle(tensor) == StoredTensor(1, 2, 3, 4)
        assert unpickle(DICTIONARY + b")R.") == {}
    pinned = unpickle(DICTIONARY + b")R" + attack)
    assert pinned == {}
    assert not hasattr(pinned, "a")


def test_every_instruction_that_is_followed_exists() -> None:
    names = {instruction.name for instruction in pickletools.opcodes}
    assert names >= set(tensor_pickle._INSTRUCTIONS)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (pickle.dumps({"a": 1}, 5), "FRAME"),
        (pickle.dumps({"a": 1}, 0), "MARK|DICT"),
        (b"\x8f.", "EMPTY_SET"),
        (b"]2\x30.", "DUP"),
    ],
)
def test_instructions_that_no_table_needs_are_not_followed(data: bytes, name: str) -> None:
    refused(data, f"uses ({name})")
