"""`dataclass`, as in `dataclasses`, where those that are frozen and have slots come at half the price.

For each such class Python writes, compiles and keeps six functions, and one of them holds for good the class as it was
before it had slots. We have six hundred of them: six megabytes of a process that has every door open. Here refusing a
change is one function of all of them, and comparing, hashing and printing are written for the class of which somebody
first asks it, which few are. From then on it is as quick as it ever was.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any


def _write(cls: type[Any]) -> None:
    """Have Python write what is still waiting in this class and those it is made from."""
    for each in cls.__mro__:
        names = [name for name, waiting in WAITING.items() if each.__dict__.get(name) is waiting]
        if names:
            fields = [
                (one.name, Any, dataclasses.field(repr=one.repr, hash=one.hash, compare=one.compare))
                for one in dataclasses.fields(each)
            ]
            written = dataclasses.make_dataclass(each.__qualname__, fields, frozen=True)
            for name in names:
                setattr(each, name, getattr(written, name))


def _eq(self: Any, other: object) -> Any:
    _write(self.__class__)
    return self.__eq__(other)


def _hash(self: Any) -> int:
    _write(self.__class__)
    return hash(self)


def _repr(self: Any) -> str:
    _write(self.__class__)
    return repr(self)


#: Who says in words how a class is compared or printed has it as Python makes it.
ASKED = {"eq", "order", "repr", "unsafe_hash"}
WAITING = {"__eq__": _eq, "__hash__": _hash, "__repr__": _repr}


def _setattr(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _made(cls: type[Any], options: dict[str, Any]) -> type[Any]:
    if not (options.get("frozen") and options.get("slots")) or ASKED & options.keys():
        return dataclasses.dataclass(cls, **options)
    own = cls.__dict__
    made: Any = dataclasses.dataclass(cls, **options, eq=False, repr=False)
    made.__setattr__, made.__delattr__ = _setattr, _delattr
    for name, waiting in WAITING.items():
        if own.get(name) is None:  # a hash of None is what Python puts beside an __eq__ of one's own
            setattr(made, name, waiting)
    return made


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: Any = None, /, **options: Any) -> Any:
        """As `dataclasses.dataclass`; what is frozen and has slots can always be compared, hashed and printed."""
        return (lambda cls: _made(cls, options)) if cls is None else _made(cls, options)
