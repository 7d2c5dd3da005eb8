"""Verifying the audit: what was changed, removed, reordered or cut off, and where first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from graph.audit.chain import FIRST, Link, NoLink, holds, parsed
from graph.audit.files import (
    files_of_chains,
    first_link,
    heads,
    heads_files,
    links,
    whole_lines,
)
from graph.audit.signing import Head, is_signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

RETENTION: Final = "retention"
OPENED: Final = "chain opened"
CLOSED: Final = "chain closed"

What = Literal["changed", "removed", "reordered", "truncated", "forged"]


class Finding(NamedTuple):
    """What is wrong with a chain, and at which of its entries first."""

    what: What
    chain: str
    sequence: int
    detail: str


class Mark(NamedTuple):
    """A place where something else says what a chain's hash is: a head, or a later chain."""

    sequence: int
    hash: str
    said_by: str


@dataclass(slots=True)
class Verification:
    """What was looked at, and what was found; the first of `findings` is the first there is."""

    chains: int = 0
    entries: int = 0
    dropped: int = 0
    heads: int = 0
    unsigned_heads: int = 0
    unfinished: int = 0
    findings: list[Finding] = field(default_factory=list[Finding])


def verify(
    folder: Path, *, key: Ed25519PublicKey | None = None, kept_heads: Iterable[Head] = ()
) -> Verification:
    """Verify every chain of a folder.

    Parameters
    ----------
    key
        Public half of the key that signs heads; without it their signatures are not looked at.
    kept_heads
        Heads that somebody fetched earlier and keeps elsewhere: they bind what the folder's own
        heads, which lie beside the entries, might no longer say.

    Notes
    -----
    Linear in the audit; memory is that of the heads. What a chain gained after its last head can be
    cut off unseen until the next chain, which names its end, is opened: at most a minute's
    entries where nobody opened one.
    """
    result = Verification()
    chains = files_of_chains(folder)
    begun: dict[str, str] = {}
    marks: dict[str, list[Mark]] = {}
    for chain, files in chains.items():
        opening = first_link(files)
        begun[chain] = "" if opening is None else str(opening.at)
        for mark_of, mark in _named(opening):
            marks.setdefault(mark_of, []).append(mark)
    own_heads = list(heads(folder))
    result.heads = len(own_heads)
    result.unsigned_heads = sum(head.signature is None for head in own_heads)
    forged = _forged([*own_heads, *kept_heads], key)
    for head in (*own_heads, *kept_heads):
        said = Mark(head.sequence, head.hash, f"the head of {head.at}")
        marks.setdefault(head.chain, []).append(said)
    _miss_lines_of_heads(folder, result)
    before = _announced(chains)
    for chain in sorted({*chains, *marks}, key=lambda name: (begun.get(name, ""), name)):
        if chain in chains:
            result.chains += 1
        walk = _Walk(chain, marks.get(chain, []), before)
        found = walk.finding(chains.get(chain, []), result)
        result.findings += [found] if found else forged.get(chain, [])[:1]
    return result


class _Walk:
    """A walk along one chain, to the first thing that is wrong with it."""

    def __init__(self, chain: str, marks: list[Mark], before: Mapping[str, str]) -> None:
        self._chain = chain
        self._due = sorted(marks)
        self._before = before
        self._previous: str = FIRST
        self.expected = 1
        self.dropped = 0

    def finding(self, files: list[Path], result: Verification) -> Finding | None:
        """Return what is wrong first, if anything is."""
        lines = _lines(files, result)
        found = next(filter(None, (self._step(raw, lines) for raw in lines)), None)
        result.entries += self.expected - 1
        result.dropped += self.dropped
        if found is None and self._due:
            mark = self._due[-1]
            what: What = "truncated" if files else "removed"
            return self._found(what, f"{mark.said_by} saw {mark.sequence} entries")
        return found

    def _step(self, raw: bytes, rest: Iterator[bytes]) -> Finding | None:
        try:
            link = parsed(raw)
        except NoLink as error:
            return self._found("changed", f"the line is {error}")
        if link.chain == self._chain and link.sequence != self.expected:
            return _out_of_order(self._chain, self.expected, link, rest)
        if link.chain != self._chain or not holds(link) or link.previous != self._previous:
            return self._found("changed", "its hash is not that of what it says")
        if link.entry is None:
            self.dropped += 1
            if link.at >= self._before.get(link.class_, ""):
                return self._found("removed", "what it said is gone, and no retention dropped it")
        while self._due and self._due[0].sequence <= self.expected:
            mark = self._due.pop(0)
            if mark.hash != link.hash:
                return self._found("changed", f"{mark.said_by} says another hash")
        self._previous, self.expected = link.hash, self.expected + 1
        return None

    def _found(self, what: What, detail: str) -> Finding:
        return Finding(what, self._chain, self.expected, detail)


def _out_of_order(chain: str, expected: int, found: Link, rest: Iterator[bytes]) -> Finding:
    """Tell an entry that stands elsewhere from one that is gone."""
    if found.sequence < expected:
        detail = f"entry {found.sequence} stands here a second time"
        return Finding("reordered", chain, expected, detail)
    for raw in rest:
        try:
            later = parsed(raw)
        except NoLink:
            continue
        if later.sequence == expected:
            return Finding("reordered", chain, expected, "it stands further down")
    return Finding("removed", chain, expected, f"entry {found.sequence} stands in its place")


def _lines(files: list[Path], result: Verification) -> Iterator[bytes]:
    for place, file in enumerate(files):
        with file.open("rb") as opened:
            for raw in opened:
                # A process that was killed leaves half a line, which it had acknowledged to nobody.
                if raw.endswith(b"\n") or place + 1 < len(files):
                    yield raw
                else:
                    result.unfinished += 1


def _named(opening: Link | None) -> Iterator[tuple[str, Mark]]:
    """Yield the ends of earlier chains that the opening of a chain names."""
    if opening is None or opening.entry is None or not holds(opening):
        return
    for end in opening.entry.get("detail", {}).get("previous", ()):
        yield end["chain"], Mark(end["sequence"], end["hash"], f"chain {opening.chain}")


def _announced(chains: Mapping[str, list[Path]]) -> dict[str, str]:
    """Return for each class before which time retention dropped entries, as the chains say."""
    before: dict[str, str] = {}
    for files in chains.values():
        for link in links(files):
            if link.class_ == "chain" and link.entry and link.entry.get("operation") == RETENTION:
                for class_, day in link.entry["detail"]["before"].items():
                    before[class_] = max(day, before.get(class_, ""))
    return before


def _forged(found: list[Head], key: Ed25519PublicKey | None) -> dict[str, list[Finding]]:
    """Return heads whose signature is wrong, or is missing since the first head that had one."""
    if key is None:
        return {}
    since = min((head.at for head in found if head.signature is not None), default="~")
    forged: dict[str, list[Finding]] = {}
    for head in sorted(found, key=lambda head: (head.at, head.sequence)):
        if head.signature is None and head.at < since:
            continue
        if not is_signed(head, key):
            what = "is not signed" if head.signature is None else "has a wrong signature"
            finding = Finding("forged", head.chain, head.sequence, f"the head of {head.at} {what}")
            forged.setdefault(head.chain, []).append(finding)
    return forged


def _miss_lines_of_heads(folder: Path, result: Verification) -> None:
    """Note lines of heads that are none."""
    for file in heads_files(folder):
        for raw in whole_lines(file):
            try:
                good = Head.parsed(raw).line() == raw
            except ValueError:
                good = False
            if not good:
                chain = file.name.split(".")[1]
                detail = f"a line of {file.name} is no head"
                result.findings.append(Finding("forged", chain, 0, detail))
                break
