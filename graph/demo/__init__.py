"""Larkfold, an invented neighbourhood: some 400 people, and all that a map of it can show.

Nobody in it is anybody: names are common given names and surnames put together by chance, phone
numbers are those that Ofcom keeps for drama, addresses are at example.org. What is like life in
it is in `graph.demo.figures`, with sources. The same seed gives the same records, ids too.

To be found in it: people whom nobody knows, people whom only the paid know, people who were named
and never asked; wants that nobody offers and offers that nobody wants; things that are only
potential; a place without any association; ties that ended, that are hard, that nobody put a
number to; and who could connect whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any

from graph.demo.draft import Draft, catalogue
from graph.demo.gifts import add_offers, add_partnerships, add_wants
from graph.demo.parties import add_assets, add_groups, add_people
from graph.demo.social import add_social_ties
from graph.demo.stories import add_stories


def areas() -> list[dict[str, Any]]:
    """Return the areas, parents first: the ward and its five places, an interest and a topic."""
    return [dict(area) for area in catalogue()["areas"]]


def generate(seed: int = 1) -> Iterator[dict[str, Any]]:
    """Yield the nodes, then the ties, as the lines of an NDJSON file hold them."""
    draft, _ = _community(seed)
    for record in (*draft.nodes.values(), *draft.ties):
        yield dict(record)


def questions(seed: int = 1) -> list[tuple[str, str]]:
    """Return people and groups that they could be connected to, in two, three and four steps."""
    return list(_community(seed)[1])


@lru_cache(maxsize=2)
def _community(seed: int) -> tuple[Draft, list[tuple[str, str]]]:
    draft = Draft(Random(seed))  # noqa: S311 - chance without secrecy
    add_people(draft)
    add_groups(draft)
    add_assets(draft)
    add_social_ties(draft)
    add_partnerships(draft)
    offers = add_offers(draft)
    add_wants(draft, offers)
    return draft, add_stories(draft)
