"""Lists of which many are alike, as the areas of nodes are: each is kept once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class Lists(Sequence[tuple[str, ...]]):
    """A list at every place.

    Parameters
    ----------
    codes
        Which of `distinct` stands at every place, shape (places,).
    distinct
        The lists, each once; some may stand nowhere.
    """

    def __init__(self, codes: NDArray[np.int32], distinct: Sequence[tuple[str, ...]]) -> None:
        self.codes = codes
        self.distinct = distinct

    @classmethod
    def of(cls, lists: Iterable[tuple[str, ...]]) -> Lists:
        """Keep each of some lists once."""
        code_of: dict[tuple[str, ...], int] = {}
        codes = np.array([code_of.setdefault(each, len(code_of)) for each in lists], np.int32)
        return cls(codes, list(code_of))

    def __len__(self) -> int:
        """Return how many places there are."""
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, place: slice | NDArray[Any]) -> Lists: ...
    def __getitem__(self, place: int | slice | NDArray[Any]) -> tuple[str, ...] | Lists:
        """Return the list at one place, or those at some."""
        if isinstance(place, slice | np.ndarray):
            return Lists(self.codes[place], self.distinct)
        return self.distinct[int(self.codes[place])]
