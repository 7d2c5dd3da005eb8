"""How kernels are compiled, and run by two threads with the same digits in every run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

THREADS: Final = 2

# It says what it takes and gives in prose only.
_numba: Final[Any] = numba


def compiled(function: Kernel) -> Kernel:
    """Compile a function when it is first called; what was compiled is kept beside its source.

    Notes
    -----
    Where neither that place nor the user's cache may be written to, each process compiles anew.
    """
    try:
        return cast("Kernel", _numba.njit(nogil=True, cache=True, error_model="numpy")(function))
    except RuntimeError:
        return cast("Kernel", _numba.njit(nogil=True, error_model="numpy")(function))


def in_threads(work: Callable[[int], None], blocks: int) -> None:
    """Do every block once, in whatever thread is free.

    Notes
    -----
    Which block is done by which thread changes nothing where each adds up for itself, and the
    caller adds up the blocks in their order.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(work, range(blocks)):
            pass
