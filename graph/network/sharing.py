"""A snapshot for worker processes: its arrays stand once, in a file that each process maps.

Pickling with buffers out of band [1]_: what is small is sent, what is large is mapped.

References
----------
.. [1] PEP 574, "Pickle protocol 5 with out-of-band data".
"""

from __future__ import annotations

import mmap
import os
import pickle
from contextlib import contextmanager
from multiprocessing.reduction import DupFd
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

_LINE: Final = 64
"""Arrays begin where a line of the processor's memory does."""


class Shared:
    """A value on its way into a process that is being started: there it arrives as itself."""

    def __init__(self, descriptor: int, pickled: bytes, places: list[slice]) -> None:
        self._descriptor = descriptor
        self.pickled = pickled
        self._places = places

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """Return how the other process opens it; raises `AttributeError` where none is started."""
        return _opened, (DupFd(self._descriptor), self.pickled, self._places)


@contextmanager
def shared(value: object, folder: Path | None = None) -> Generator[Shared]:
    """Write the arrays of a value into a file without a name, which is gone with its last user.

    Parameters
    ----------
    value
        Anything that can be pickled.
    folder
        On a file system with room for the arrays; that of temporary files, if none is said.

    Yields
    ------
    Shared
        To be an argument of a process; it may be of several. Cost: one copy of the arrays.

    Raises
    ------
    OSError
        When there is no room.
    """
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    with TemporaryFile(dir=folder, prefix="network-") as file:
        places: list[slice] = []
        buffers.reverse()
        # What was packed for the file alone is gone once it is written.
        while buffers:
            with buffers.pop().raw() as array:
                began = file.tell()
                file.write(array)
                places.append(slice(began, began + array.nbytes))
                file.write(bytes(-array.nbytes % _LINE))
        # An empty file cannot be mapped.
        file.write(bytes(_LINE))
        file.flush()
        yield Shared(file.fileno(), pickled, places)


def _opened(file: Any, pickled: bytes, places: list[slice]) -> Any:
    """Return the value; its arrays are read only, and unmapped when the last of them is gone."""
    descriptor = cast("int", file.detach())
    try:
        mapped = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(descriptor)
    return pickle.loads(pickled, buffers=[mapped[place] for place in places])  # noqa: S301 - pickled by us
