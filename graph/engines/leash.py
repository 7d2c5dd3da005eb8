"""A program that ends when its parent does, however the parent ends.

`leashed` gives the command that runs another command so. That command first runs this file by its
path, in a bare interpreter: it asks the kernel for a signal at the parent's death, which survives
`exec`, and then becomes the program. Doing so between fork and exec of a process with threads
(`preexec_fn`) may deadlock.

The kernel takes the thread that started the program for its parent: that thread has to live as
long as the program.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def leashed(command: Sequence[str], *, ending: signal.Signals) -> list[str]:
    """Return the command that runs `command` and sends it `ending` when this process is gone.

    On other systems than Linux the program is run without the leash.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), str(int(ending)), *command]


def _become(parent: int, ending: int, command: list[str]) -> None:
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_PDEATHSIG, ending, 0, 0, 0) != 0:
            sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
        if os.getppid() != parent:
            sys.exit("the parent ended before its child was on the leash")
    os.execv(command[0], command)  # noqa: S606 - becoming the program without a shell is its use


if __name__ == "__main__":
    _become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
