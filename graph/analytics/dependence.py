"""How far people depend on agencies, and on who is paid, to come together."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import numpy as np
from scipy import sparse

from graph.analytics.brokerage import ClassTriples
from graph.analytics.figures import Figure, Scores, share
from graph.analytics.projection import Flags, Projection
from graph.network import RELATION_CODE, Snapshot
from graph.nodes import KINDS

PAIRS_LIMIT: Final = 20_000_000
"""Open and closed ways between people that are looked at to find pairs: some 300 MB."""

# It does not say in types what it takes and gives.
_sparse: Final[Any] = sparse


class Ways(NamedTuple):
    """Open ways from one person to another, by who is between them; each pair and broker once.

    Parameters
    ----------
    by_person, by_association, by_agency
        Number of ways.
    agency_share
        Those by agencies over all; None without any (`no_two_paths`).
    """

    by_person: int
    by_association: int
    by_agency: int
    agency_share: Figure


def ways_between_people(projection: Projection, triples: ClassTriples) -> Ways:
    """Count the open ways between people by the kind of who is between them.

    Notes
    -----
    Where directed, a way there and a way back are two. O(1) after `brokerage.class_triples`.

    References
    ----------
    .. [1] Gould and Fernandez, "Structures of Mediation", Sociological Methodology 19, 1989.
    """
    each = 1 if projection.directed else 2
    person = triples.classes.index("person")
    by_person, by_association, by_agency = (
        int(triples.together[person, triples.classes.index(kind), person]) // each
        for kind in ("person", "association", "agency")
    )
    all_ways = by_person + by_association + by_agency
    return Ways(by_person, by_association, by_agency, share(by_agency, all_ways, "no_two_paths"))


def pairs_only_through_agencies(projection: Projection) -> Figure:
    """Count the pairs of people who share an agency, and neither a tie nor anybody else.

    Parameters
    ----------
    projection
        n nodes, m ties; its underlying undirected graph is read, without strengths.

    Returns
    -------
    Figure
        An isolate is in no pair. None where more than `PAIRS_LIMIT` ways would have to be looked
        at (`too_many`).

    Notes
    -----
    Exact; O(sum over nodes of the square of their ties to people).
    """
    network = projection.underlying
    size = len(network.ids)
    person = network.kinds == KINDS.index("person")
    tied = np.bincount(network.sources[person[network.targets]], minlength=size)
    tied += np.bincount(network.targets[person[network.sources]], minlength=size)
    if int((tied**2).sum()) > PAIRS_LIMIT:
        return Figure(None, "too_many")
    # Counts of who is shared are made of it, which ones of one byte would not hold.
    adjacency: Any = (network.adjacency + network.adjacency.T).astype(np.int64)
    of_kind = {kind: np.flatnonzero(network.kinds == KINDS.index(kind)) for kind in KINDS}
    people = adjacency[of_kind["person"]]
    by_agency = people[:, of_kind["agency"]]
    others = np.concatenate((of_kind["person"], of_kind["association"]))
    by_others = people[:, others]
    sharing = (by_agency @ by_agency.T).astype(np.bool_)
    near = (by_others @ by_others.T + people[:, of_kind["person"]]).astype(np.bool_)
    both = sharing.multiply(near)
    return Figure(int(_sparse.triu(sharing, k=1).nnz - _sparse.triu(both, k=1).nnz))


def paid_connectors(snapshot: Snapshot) -> Flags:
    """Tell whose work it is to connect others, shape (nodes,): staff of agencies, professionals.

    Notes
    -----
    Read from `connects`: from a person as `staff` to an agency, or as `professional` to somebody.
    O(m).
    """
    ties = snapshot.ties
    person = snapshot.kinds == KINDS.index("person")
    agency = snapshot.kinds == KINDS.index("agency")
    staff = (ties.relation == RELATION_CODE["staff"]) & agency[ties.target]
    serving = ties.relation == RELATION_CODE["professional"]
    found = np.zeros(len(snapshot), np.bool_)
    found[ties.source[staff | serving]] = True
    return found & person


def share_of(scores: Scores, members: Collection[int]) -> Figure:
    """Return what some nodes have of a score, as a share of what all have.

    Notes
    -----
    None where nobody has any (`no_two_paths`): nobody stands between others.
    """
    own = sum(scores[place] or 0 for place in sorted(members))
    return share(own, sum(score or 0 for score in scores), "no_two_paths")
