"""Memory that goes back to the system when the arrays in it are freed."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Any, Final

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGE_BYTES: Final = 4 << 20


def give_back_large_arrays() -> None:
    """Let this process, and those that it forks, keep no array of some megabytes that it freed.

    Notes
    -----
    glibc maps what is large by itself and gives it back as a whole, but raises what it calls large
    to the largest block that was ever freed, up to 32 MiB [1]_. The columns of a million nodes
    then lie in one heap, of which a piece that is held keeps all below it. Set once, the bound
    stays; what may be free at the end of the heap stays twice that, as glibc has it, because
    each request would else take a little from the system and give it back. A C library without
    the call is left as it is.

    References
    ----------
    .. [1] mallopt(3), M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
    """
    with suppress(AttributeError):
        library: Any = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        library.mallopt(_M_TRIM_THRESHOLD, 2 * _LARGE_BYTES)
