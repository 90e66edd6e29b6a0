"""Read the pickle inside what `torch.save` writes, without torch and without trust.

Its instructions are looked through before one is followed, and the only things it can name are
those that a table of tensors is made of.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any, NamedTuple, cast

# Those that torch's own `weights_only` follows, less what no table of tensors needs.
_INSTRUCTIONS = frozenset(
    {
        *("PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BUILD", "BINPERSID", "BINPUT"),
        *("LONG_BINPUT", "BINGET", "LONG_BINGET", "EMPTY_DICT", "SETITEM", "SETITEMS"),
        *("EMPTY_LIST", "APPEND", "APPENDS", "EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"),
        *("NONE", "NEWTRUE", "NEWFALSE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
        "BINUNICODE",
    }
)
_BROKEN = (
    *(pickle.UnpicklingError, EOFError, AttributeError, IndexError, KeyError),
    *(TypeError, ValueError, OverflowError),
)


class Storage(NamedTuple):
    """Name numbers in an entry of the archive.

    Attributes:
        kind: what torch calls their type, for example `HalfStorage`.
        key: names the entry.
        length: how many they are; not checked yet, may be anything.
    """

    kind: str
    key: str
    length: Any


class StoredTensor(NamedTuple):
    """Hold a tensor as the pickle has it; nothing of it is checked yet, each may be anything."""

    storage: Any
    offset: Any
    shape: Any
    strides: Any


def unpickle(data: bytes) -> Any:
    """Return what was pickled: dictionaries, lists, numbers, strings and `StoredTensor`.

    Raises:
        ValueError: it is no pickle, or wants more than to be read.
    """
    try:
        for instruction, argument, _ in pickletools.genops(data):
            if instruction.name not in _INSTRUCTIONS:
                raise ValueError(f"its pickle uses {instruction.name}")
            # Whatever is remembered takes a place in a list, up to the highest number.
            if "PUT" in instruction.name and cast("int", argument) >= len(data):
                raise ValueError("its pickle remembers too much")
        return _Unpickler(io.BytesIO(data)).load()
    except _BROKEN as error:
        raise ValueError(str(error)) from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return, instead of what has this name, something that can do no harm."""
        if module == "torch" and name.endswith("Storage"):
            return name
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"its pickle wants {module}.{name}")
        return _STAND_INS[module, name]

    def persistent_load(self, pid: Any) -> Storage:
        """Return what a tensor's numbers are called."""
        _, kind, key, _, length = pid
        if not isinstance(kind, str) or not isinstance(key, str):
            raise pickle.UnpicklingError("its pickle has a storage without a name")
        return Storage(kind, key, length)


class _Dictionary(dict[Any, Any]):
    """Stand in for `OrderedDict`, to which torch pins a note about versions."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        """Ignore the note."""


# Instances without attributes, since a pickle may try to change whatever it is given.
class _MakeDictionary:
    __slots__ = ()

    def __call__(self) -> _Dictionary:
        return _Dictionary()


class _RebuildTensor:
    __slots__ = ()

    def __call__(
        self, storage: Any, offset: Any, shape: Any, strides: Any, *_: object
    ) -> StoredTensor:
        return StoredTensor(storage, offset, shape, strides)


class _RebuildParameter:
    __slots__ = ()

    def __call__(self, tensor: Any, *_: object) -> Any:
        return tensor


_STAND_INS = {
    ("collections", "OrderedDict"): _MakeDictionary(),
    ("torch._utils", "_rebuild_tensor_v2"): _RebuildTensor(),
    ("torch._utils", "_rebuild_parameter"): _RebuildParameter(),
}
