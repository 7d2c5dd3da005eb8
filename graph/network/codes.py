"""The words of the model as small numbers, one table a word.

A table whose word may be missing starts with None, so that code 0 always means "not said".
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, TypeVar, get_args

from graph.nodes import KINDS, Level
from graph.ties import TIE_TYPES, Relation
from graph.values import Clearance, Method

if TYPE_CHECKING:
    from graph.nodes import Kind
    from graph.ties import TieType

Word = TypeVar("Word")


def _codes(table: tuple[Word, ...]) -> dict[Word, int]:
    return {word: code for code, word in enumerate(table)}


RELATIONS: Final[tuple[Relation | None, ...]] = (None, *get_args(Relation))
QUALITIES: Final[tuple[str | None, ...]] = (None, "supportive", "neutral", "stressful")
STATES: Final[tuple[str | None, ...]] = (
    None, "now", "would_like", "with_support", "open", "met", "withdrawn",
)  # fmt: skip
"""First what an offer may be, then what a want may be."""
STATUSES: Final[tuple[str | None, ...]] = (None, "actual", "potential")
CLEARANCES: Final[tuple[Clearance | None, ...]] = (None, *get_args(Clearance))

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
ASPECTS: Final[tuple[str | None, ...]] = (None, "heart", "head", "hand")
ORIGINATORS: Final[tuple[str | None, ...]] = (None, "person", "association", "agency")
METHODS: Final[tuple[Method | None, ...]] = (None, *get_args(Method))
PROVENANCES: Final[tuple[tuple[str | None, str | None], ...]] = tuple(product(ORIGINATORS, METHODS))
"""Who said something, and how it was found out; both are one code."""

KIND_CODE: Final[dict[Kind, int]] = _codes(KINDS)
TYPE_CODE: Final[dict[TieType, int]] = _codes(TIE_TYPES)
RELATION_CODE: Final[dict[Relation | None, int]] = _codes(RELATIONS)
QUALITY_CODE: Final[dict[str | None, int]] = _codes(QUALITIES)
STATE_CODE: Final[dict[str | None, int]] = _codes(STATES)
STATUS_CODE: Final[dict[str | None, int]] = _codes(STATUSES)
LEVEL_BIT: Final[dict[Level, int]] = {level: 1 << place for place, level in enumerate(LEVELS)}
ASPECT_CODE: Final[dict[str | None, int]] = _codes(ASPECTS)
PROVENANCE_CODE: Final[dict[tuple[str | None, str | None], int]] = _codes(PROVENANCES)
CLEARANCE_CODE: Final[dict[Clearance | None, int]] = _codes(CLEARANCES)
FLAG_CODE: Final[dict[bool | None, int]] = {None: -1, False: 0, True: 1}
"""`mapped` and `paid`: -1 is "not said"."""
