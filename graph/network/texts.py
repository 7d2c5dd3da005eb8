"""Many short texts in little room: ids of ties and nodes, of which a town has millions.

A Python text of 36 characters takes 85 bytes, and its place in a dictionary 100 more. Here it takes
its 36 and 8 for where it ends, and a text of an index 8 more.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Self, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST_SEATS: Final = 8
_EMPTY: Final = -1


class Texts(Sequence[str]):
    """Texts that nothing changes any more, in two arrays: made to be shared by memory map.

    Parameters
    ----------
    packed
        All texts one after the other, in UTF-8.
    ends
        Where each ends in `packed`.
    """

    def __init__(self, packed: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self._packed = packed
        self._ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Pack texts: some half a microsecond each."""
        packed, ends = bytearray(), array("q")
        for text in texts:
            packed += text.encode()
            ends.append(len(packed))
        return cls(np.frombuffer(packed, np.uint8), np.frombuffer(ends, np.int64))

    def packed(self) -> Self:
        """Return itself: it is packed."""
        return self

    def joined(self, others: Texts) -> Texts:
        """Return these texts and others after them."""
        ends = np.concatenate((self._ends, others._ends + len(self._packed)))
        return Texts(np.concatenate((self._packed, others._packed)), ends)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return one, or some."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        began = int(self._ends[at - 1]) if at else 0
        return self._packed[began : int(self._ends[at])].tobytes().decode()


class Chosen(Sequence[str]):
    """Some of many texts, in an order of their own: none is copied.

    Parameters
    ----------
    texts
        All of them.
    places
        Of each of these its place in `texts`.
    """

    def __init__(self, texts: Sequence[str], places: NDArray[np.int64]) -> None:
        self._texts = texts
        self._places = places

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        """Yield one after the other."""
        return map(self._texts.__getitem__, self._places.tolist())

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """Return one, or some."""
        if isinstance(place, slice):
            return list(Chosen(self._texts, self._places[place]))
        return self._texts[int(self._places[place])]


class Index:
    """Texts and the place of each, in the order in which they came.

    A hash table of places, with linear probing and a load of at most 2/3. The hash of each text is
    kept, 8 bytes: another text is told apart without reading it.

    References
    ----------
    .. [1] Knuth, "The Art of Computer Programming", volume 3, 6.4, algorithm L.
    """

    def __init__(self) -> None:
        self._packed = bytearray()
        self._ends = array("q")
        self._hashes = array("q")
        self._seats = array("i", [_EMPTY]) * _FEWEST_SEATS

    def __len__(self) -> int:
        """Return how many texts there are."""
        return len(self._ends)

    def __getitem__(self, place: int) -> str:
        """Return the text at a place."""
        return self._at(place).decode()

    def find(self, text: str) -> int | None:
        """Return the place of a text, if it has one."""
        packed = text.encode()
        place = self._seats[self._seat(packed, hash(packed))]
        return None if place == _EMPTY else place

    def add(self, text: str) -> int:
        """Return the place of a text, the next one if it has none yet."""
        packed = text.encode()
        key = hash(packed)
        seat = self._seat(packed, key)
        place = self._seats[seat]
        if place != _EMPTY:
            return place
        place = self._seats[seat] = len(self._ends)
        self._packed += packed
        self._hashes.append(key)
        self._ends.append(len(self._packed))
        if 3 * len(self._ends) > 2 * len(self._seats):
            self._make_room()
        return place

    def packed(self) -> Texts:
        """Return the texts of now, copied: later ones do not reach them."""
        # The ends first: what comes meanwhile lies behind the last of them.
        ends = np.array(self._ends)
        return Texts(np.frombuffer(bytes(self._packed), np.uint8), ends)

    def _at(self, place: int) -> bytes:
        began = self._ends[place - 1] if place else 0
        return bytes(self._packed[began : self._ends[place]])

    def _seat(self, packed: bytes, key: int) -> int:
        """Return the seat where a text's place stands, or would."""
        seats, hashes, last = self._seats, self._hashes, len(self._seats) - 1
        seat = key & last
        while (place := seats[seat]) != _EMPTY:
            if hashes[place] == key and self._at(place) == packed:
                break
            seat = (seat + 1) & last
        return seat

    def _make_room(self) -> None:
        """Seat every text anew among twice as many seats.

        In the order of where they would like to sit, each sits there or behind the one before.
        """
        last = 2 * len(self._seats) - 1
        wanted = np.array(self._hashes) & last
        places = np.argsort(wanted, kind="stable")
        turns = np.arange(len(places))
        found = turns + np.maximum.accumulate(wanted[places] - turns)
        seats = np.full(last + 1, _EMPTY, np.int32)
        seats[found[found <= last]] = places[found <= last]
        seat = 0
        for place in places[found > last].tolist():
            while seats[seat] != _EMPTY:
                seat += 1
            seats[seat] = place
        self._seats = array("i", seats.tobytes())
