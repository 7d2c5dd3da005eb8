"""The community of the benchmarks is drawn at every size, and benchmarks say what is too small."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from math import comb

import pytest

from bench.community import Community, community
from bench.ratios import scaled
from bench.requests import _ties


def called(drawn: Community) -> Counter[str]:
    """Return how many ties there are of each type, and of each relation."""
    return Counter(tie.get("relation", tie["type"]) for tie in drawn.ties)


def test_a_large_community_has_the_ties_that_were_asked_for() -> None:
    drawn = community(400, 1600, seed=1)
    assert len(drawn.nodes) == 400
    assert called(drawn) == {
        "trusts": 640, "friend": 320, "member": 400, "offers": 160, "wants": 80,
    }  # fmt: skip


def test_a_small_community_has_as_many_as_there_are_pairs() -> None:
    # 17 people, one association, two assets, no agency.
    drawn = community(20, 8000, seed=1)
    assert called(drawn) == {
        "trusts": comb(17, 2), "friend": comb(17, 2), "member": 17, "offers": 34, "wants": 34,
    }  # fmt: skip


@pytest.mark.parametrize("nodes", range(60))
def test_a_community_of_any_size_is_drawn_and_ties_nobody_twice(nodes: int) -> None:
    drawn = community(nodes, 10 * nodes, seed=nodes)
    assert len(drawn.nodes) == nodes
    ends = Counter(
        (tie["type"], tie.get("relation"), *sorted((tie["source"], tie["target"])))
        for tie in drawn.ties
    )
    assert set(ends.values()) <= {1}
    assert all(tie["source"] != tie["target"] for tie in drawn.ties)


def test_few_people_have_enough_ties_to_post() -> None:
    ties = list(islice(_ties(community(20, 80, seed=1).ids("person")), 2000))
    assert len({(tie["source"], tie["target"], tie["valid_from"]) for tie in ties}) == 2000


def test_a_part_that_is_too_small_to_measure_is_refused_in_words() -> None:
    assert scaled(100_000, 0.02) == 2000
    with pytest.raises(SystemExit, match=r"--scale 1e-06 makes 0 of 100,000: at least 20 "):
        scaled(100_000, 1e-6)
