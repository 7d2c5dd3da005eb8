"""How evenly something is spread: shares of kinds, and loads of people."""

from __future__ import annotations

import math
from collections.abc import Sequence


def pielou(counts: Sequence[int]) -> float | None:
    """Return how evenly a total is spread over its kinds: 1 alike, 0 all in one.

    Parameters
    ----------
    counts
        How many of each kind, the empty ones too: 0 counts as a kind that is missing.

    Returns
    -------
    float or None
        Shannon's entropy over its greatest value, log of the number of kinds; None where nothing
        is counted, or there is one kind only.

    References
    ----------
    .. [1] Pielou, "The measurement of diversity in different types of biological collections",
       Journal of Theoretical Biology 13, 1966.
    """
    total = sum(counts)
    if not total or len(counts) == 1:
        return None
    entropy = math.fsum(
        -share * math.log(share) for share in (count / total for count in counts) if share
    )
    return max(0.0, entropy) / math.log(len(counts))


def gini(loads: Sequence[int]) -> float | None:
    """Return how unequally a load is carried: 0 by all alike, towards 1 by one alone.

    Parameters
    ----------
    loads
        What each carries, who carries nothing included.

    Returns
    -------
    float or None
        Mean difference of two over twice the mean; (n - 1) / n where one of n carries all. None
        where nothing is carried.

    References
    ----------
    .. [1] Gini, "Variabilita e mutabilita", 1912; in the form of Dorfman, "A Formula for the Gini
       Coefficient", Review of Economics and Statistics 61, 1979.
    """
    total, size = sum(loads), len(loads)
    if not total:
        return None
    ordered = sorted(loads)
    return sum((2 * place - size - 1) * load for place, load in enumerate(ordered, 1)) / (
        size * total
    )
