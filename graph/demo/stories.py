"""Questions worth asking of the demo: who could connect which person to which group."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from typing import Final

from graph.demo.draft import Draft
from graph.demo.gifts import HOSTS_TOGETHER

HOPS: Final = (2, 3, 4)
_MEMBERSHIPS: Final = frozenset({"member", "staff", "volunteer"})
_FEW: Final = 10


def add_stories(draft: Draft) -> list[tuple[str, str]]:
    """Add three wishes that can come true, and return who could be connected to what group.

    Each person was asked, wants what the group does, is not in it, and is two, three and four
    steps away from it: through people who know or trust one another, and the groups they share.
    """
    around = Counter(tie[end] for tie in draft.ties for end in ("source", "target"))
    asked = [p for p in draft.ids("person") if draft.nodes[p]["mapped"]]
    found: list[tuple[str, str]] = []
    for hops in HOPS:
        told = {each for question in found for each in question}
        candidates = [
            (around[person] > _FEW, person, asset, group)
            for asset, group in HOSTS_TOGETHER.items()
            if group not in told
            for person, distance in _distances(draft, group).items()
            if distance == hops and person in asked and person not in told
        ]
        _, person, asset, group = min(candidates)
        draft.tie("wants", person, asset, purpose="to meet people who like this as I do")
        found.append((person, group))
    return found


def _live(tie: dict[str, str]) -> bool:
    return "valid_to" not in tie and tie.get("quality") != "stressful"


def _distances(draft: Draft, group: str) -> dict[str, int]:
    """Return the steps from every node to a group, the last of them a membership."""
    carrying = {"person", "association"}
    towards: dict[str, set[str]] = defaultdict(set)
    members: set[str] = set()
    for tie in draft.ties:
        ends = tie["source"], tie["target"]
        if tie["type"] not in {"connects", "trusts"} or not _live(tie):
            continue
        if ends[1] == group and tie.get("relation") in _MEMBERSHIPS:
            members.add(ends[0])
        if group in ends or any(draft.nodes[end]["kind"] not in carrying for end in ends):
            continue
        towards[ends[1]].add(ends[0])
        if tie["type"] == "connects":
            towards[ends[0]].add(ends[1])
    steps = dict.fromkeys(sorted(members), 1)
    waiting = deque(steps)
    while waiting:
        node = waiting.popleft()
        for other in sorted(towards[node]):
            if other not in steps:
                steps[other] = steps[node] + 1
                waiting.append(other)
    return steps
