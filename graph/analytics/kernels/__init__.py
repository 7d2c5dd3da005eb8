"""Measures of large networks, compiled: each the same as its plain namesake, and tested against it.

Arrays in, arrays out. A measure loads this room when a network is large enough to repay it, because
to load the compiler takes half a second. Indices are unsigned throughout: a signed one is tested
for its sign at every step, and a mixture of both becomes a float.
"""

from __future__ import annotations

from typing import Final

SEARCHED_FROM: Final = 500
"""Nodes from which kernels search that search from every node."""

SCANNED_FROM: Final = 5_000
"""Nodes from which kernels scan that look at every tie once, or at every triangle."""

COUNTED: Final = range(250_000, 1 << 28)
"""Nodes of networks in which one count of the ties repays the loading of the compiler.

No more, because an entry of a row has 28 bits for a node.
"""
