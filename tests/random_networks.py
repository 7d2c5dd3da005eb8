"""Networks by chance: directed or not, weighted, with parallel ties, loops, pieces and isolates."""

from __future__ import annotations

from typing import Final

from hypothesis import settings
from hypothesis import strategies as st

from graph.analytics.projection import Projection
from tests.real_networks import projection_of

Multigraph = tuple[list[str], list[tuple[str, str]], list[float]]

OFTEN: Final = settings(max_examples=max(300, settings().max_examples), deadline=None)
"""For measures that take a millisecond; what a peer imports when first asked takes a second.

More where the profile says more: `--hypothesis-profile=2000`.
"""


@st.composite
def multigraphs(draw: st.DrawFn, *, most: int = 12) -> Multigraph:
    nodes = [f"n{index:02}" for index in range(draw(st.integers(0, most)))]
    if not nodes:
        return nodes, [], []
    arc = st.tuples(st.sampled_from(nodes), st.sampled_from(nodes))
    arcs = draw(st.lists(arc, max_size=30))
    chance = st.floats(0, 1, exclude_min=True, allow_nan=False) | st.just(float("nan"))
    strengths = draw(st.lists(chance, min_size=len(arcs), max_size=len(arcs)))
    return nodes, arcs, strengths


@st.composite
def networks(draw: st.DrawFn, *, directed: bool | None = None, most: int = 12) -> Projection:
    """Draw the projection of such a multigraph; `directed` None: either way."""
    nodes, arcs, strengths = draw(multigraphs(most=most))
    way = draw(st.booleans()) if directed is None else directed
    return projection_of(nodes, arcs, strengths, directed=way)


@st.composite
def grouped_networks(
    draw: st.DrawFn, *, directed: bool | None = None
) -> tuple[Projection, list[str]]:
    """Draw a network, and a group of each of its nodes."""
    network = draw(networks(directed=directed))
    count = len(network.ids)
    return network, draw(st.lists(st.sampled_from("ABC"), min_size=count, max_size=count))
