"""Read the pickle inside what `torch.save` writes, without torch and without trust.

Its instructions are followed here and not by `pickle`, so that nothing can be called, and only
those that a table of tensors is made of. A dictionary's keys are strings: for a tuple in a tuple,
and so on, C's stack overflows when it is hashed.
"""

from __future__ import annotations

import pickletools
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

_DICTIONARY = "collections OrderedDict"
_TENSOR = "torch._utils _rebuild_tensor_v2"
_PARAMETER = "torch._utils _rebuild_parameter"


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


class _Function(NamedTuple):
    """Name what a pickle may call; there is nothing behind the name."""

    name: str


def unpickle(data: bytes) -> Any:
    """Return what was pickled: dictionaries, lists, tuples, numbers, strings and `StoredTensor`.

    Raises:
        ValueError: it is no pickle, or wants more than to be read.
    """
    machine = _Machine()
    try:
        with warnings.catch_warnings():
            # An escape in a name, which pickletools would only warn of.
            warnings.simplefilter("error")
            for instruction, argument, _ in pickletools.genops(data):
                follow = _INSTRUCTIONS.get(instruction.name)
                if follow is None:
                    raise ValueError(f"its pickle uses {instruction.name}")
                follow(machine, argument)
        return machine.stack.pop()
    except (IndexError, KeyError, TypeError, Warning) as error:
        raise ValueError(f"its pickle is broken: {error}") from error


class _Machine:
    """Hold what instructions work on: a stack, the stacks below marks, and a memory."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._below: list[list[Any]] = []
        self._memory: dict[int, Any] = {}

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def mark(self) -> None:
        self._below.append(self.stack)
        self.stack = []

    def to_mark(self) -> list[Any]:
        items, self.stack = self.stack, self._below.pop()
        return items

    def last(self, count: int) -> tuple[Any, ...]:
        return tuple(self.stack.pop() for _ in range(count))[::-1]

    def put(self, number: int) -> None:
        self._memory[number] = self.stack[-1]

    def get(self, number: int) -> None:
        self.push(self._memory[number])

    def append(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not list:
            raise TypeError("it appends to what is no list")
        self.stack[-1].extend(items)

    def set(self, items: list[Any]) -> None:
        if type(self.stack[-1]) is not dict or len(items) % 2:
            raise TypeError("it sets an item of what is no dictionary")
        if not all(type(key) is str for key in items[::2]):
            raise TypeError("it has a key that is no string")
        self.stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def name(self, name: str) -> None:
        module, _, kind = name.partition(" ")
        if module == "torch" and kind.endswith("Storage"):
            self.push(kind)
        elif name in (_DICTIONARY, _TENSOR, _PARAMETER):
            self.push(_Function(name))
        else:
            raise ValueError(f"its pickle wants {name.replace(' ', '.')}")

    def call(self) -> None:
        function, arguments = self.last(2)
        if not isinstance(function, _Function) or type(arguments) is not tuple:
            raise TypeError("it calls what is no function")
        if function.name == _DICTIONARY and not arguments:
            self.push({})
        elif function.name == _TENSOR and len(arguments) >= len(StoredTensor._fields):
            self.push(StoredTensor(*arguments[: len(StoredTensor._fields)]))
        elif function.name == _PARAMETER and arguments:
            self.push(arguments[0])
        else:
            raise TypeError(f"it calls {function.name} with other arguments")

    def pin(self) -> None:
        """Leave out what torch pins to its dictionary of weights: a note about versions."""
        self.stack.pop()
        if type(self.stack[-1]) is not dict:
            raise TypeError("it changes what is no dictionary")

    def store(self) -> None:
        """Push what a tensor's numbers are called."""
        name = self.stack.pop()
        if type(name) is not tuple or len(name) != 5:
            raise TypeError("it has a storage without a name")
        _, kind, key, _, length = name
        if not isinstance(kind, str) or not isinstance(key, str):
            raise TypeError("it has a storage without a name")
        self.push(Storage(kind, key, length))


# Those that torch's own `weights_only` follows, less what no table of tensors needs.
_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], object]] = {
    **dict.fromkeys(("PROTO", "STOP"), lambda machine, _: None),
    **dict.fromkeys(
        ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE"),
        lambda machine, value: machine.push(value),
    ),
    "NONE": lambda machine, _: machine.push(None),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.to_mark())),
    "TUPLE1": lambda machine, _: machine.push(machine.last(1)),
    "TUPLE2": lambda machine, _: machine.push(machine.last(2)),
    "TUPLE3": lambda machine, _: machine.push(machine.last(3)),
    "MARK": lambda machine, _: machine.mark(),
    "APPEND": lambda machine, _: machine.append([machine.stack.pop()]),
    "APPENDS": lambda machine, _: machine.append(machine.to_mark()),
    "SETITEM": lambda machine, _: machine.set([*machine.last(2)]),
    "SETITEMS": lambda machine, _: machine.set(machine.to_mark()),
    **dict.fromkeys(("BINPUT", "LONG_BINPUT"), _Machine.put),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), _Machine.get),
    "GLOBAL": _Machine.name,
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.pin(),
    "BINPERSID": lambda machine, _: machine.store(),
}
