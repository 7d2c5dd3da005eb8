"""What real neighbourhoods are like, as far as it was measured: the demo's figures.

Each is a share of people unless it says otherwise. `tests/test_demo_community.py` holds the
community that is generated to them.

References
----------
.. [1] McPherson, Smith-Lovin and Brashears, "Social Isolation in America", American Sociological
   Review 71, 2006: people name 2.94 (1985) and 2.08 (2004) confidants on average.
.. [2] Hampton et al., "Social Isolation and New Technology", Pew 2009: 6 % have no confidant.
   Fischer 2009 takes the higher share of [1] for an artefact; so the demo keeps to 5 to 8 %.
.. [3] Community Life Survey 2021/22, England (DCMS, Open Government Licence v3): 72 % chat with
   neighbours at least monthly, 34 % volunteer at least monthly, formally or informally.
.. [4] Community Life Survey 2012/13, face to face: 42 % say that most people can be trusted.
.. [5] European Values Study 2008, United Kingdom: memberships of the 664 who have any.
.. [6] Banerjee et al., "The Diffusion of Microfinance", Science 341, 2013 (38 villages), and
   Glasgow schools s50, UK faculty, Lazega's lawyers: transitivity 0.13 to 0.48, mean shortest
   path within the largest component 1.9 to 3.5, of networks of 22 to some 220.
"""

from __future__ import annotations

from typing import Final

CLOSE_TIES: Final = {0: 0.065, 1: 0.18, 2: 0.25, 3: 0.24, 4: 0.15, 5: 0.09, 6: 0.025}
"""Share of people by their number of family and friends: the shape of [1], the zero of [2]."""

NO_CLOSE_TIE: Final = (0.05, 0.08)
MEAN_CLOSE_TIES: Final = (2.0, 3.0)

NEIGHBOURS: Final = 0.72
"""Who is in touch with a neighbour [3]."""

ACTIVE: Final = 0.34
"""Who does something for others now [3]; in the demo, who offers something now."""

TRUSTING: Final = 0.42
"""How often a neighbour is trusted [4]."""

MEMBERSHIPS: Final = {1: 346, 2: 148, 3: 77, 4: 40, 5: 26, 6: 14, 7: 6, 8: 7}
"""People by their number of memberships, of those who have any [5]; their mean is 2.0."""

JOINING: Final = 0.6
"""Who has any membership: assumed, [5] counts joiners only."""

TRANSITIVITY: Final = (0.13, 0.48)
"""Of the ties among people [6]."""

MEAN_PATH: Final = (1.9, 6.0)
"""In the largest component [6]; longer than there, because the demo has more people."""


def quota(shares: dict[int, float], people: int) -> list[int]:
    """Return a number for each of the people so that the shares hold as exactly as they can."""
    whole = sum(shares.values())
    numbers: list[int] = []
    reached = 0.0
    for number, share in shares.items():
        reached += share
        numbers += [number] * (round(people * reached / whole) - len(numbers))
    return numbers
