"""Whatever is done to the files of the audit is found, and where first."""

from __future__ import annotations

import asyncio
import resource
import shutil
import stat
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.audit import files
from graph.audit.chain import Link, line, link, parsed
from graph.audit.entries import Entry
from graph.audit.journal import MANY_ANSWERS, Journal, ids_of, unsettled
from graph.audit.signing import Head, Signer, make_key, public_key
from graph.audit.verifying import Finding, verify
from graph.errors import CannotStart, NotRecorded
from tests.crashing import eventually

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from graph.audit.verifying import Verification

ENTRIES = 12
LENGTH = ENTRIES + 2
"""What is written, its opening and its end."""

tampering = settings(max_examples=150, deadline=None, derandomize=True, database=None)
sequences = st.integers(1, LENGTH)


def entry(number: int = 0, class_: str = "read") -> Entry:
    return Entry.of(
        {
            "class": class_,
            "operation": "GET /v1/people/{id}",
            "outcome": 200,
            "request": f"r{number}",
            "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "id": f"{number:032x}",
        }
    )


async def written(folder: Path, count: int = ENTRIES, signer: Signer | None = None) -> str:
    """Write a chain from its opening to its end; return its id."""
    async with Journal(folder, signer) as opened:
        for number in range(count):
            await opened.append([entry(number)])
        return opened.chain


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "audit.pem"
    make_key(file)
    return file


@pytest.fixture(scope="module")
def pristine(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pristine") / "audit"
    asyncio.run(written(folder, signer=Signer.of_file(key, folder)))
    return folder


class Tampered:
    """A copy of an audit, whose only file of entries somebody has changed."""

    def __init__(self, pristine: Path, key: Path) -> None:
        self.folder = pristine.parent / "tampered"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(pristine, self.folder)
        (self.file,) = files.entries_files(self.folder)
        self.lines = self.file.read_bytes().splitlines(keepends=True)
        self._key = public_key(key.with_name("audit.pem.pub").read_bytes())

    def verification(self) -> Verification:
        self.file.write_bytes(b"".join(self.lines))
        return verify(self.folder, key=self._key)

    def first(self) -> Finding:
        return self.verification().findings[0]


def test_an_audit_that_nobody_touched_is_whole(pristine: Path, key: Path) -> None:
    found = Tampered(pristine, key).verification()
    assert found.findings == []
    assert (found.chains, found.entries, found.unsigned_heads) == (1, LENGTH, 0)
    assert found.heads >= 1


@tampering
@given(sequence=sequences, place=st.integers(0), other=st.integers(1, 255))
def test_a_changed_byte_is_found(
    pristine: Path, key: Path, sequence: int, place: int, other: int
) -> None:
    tampered = Tampered(pristine, key)
    changed = bytearray(tampered.lines[sequence - 1])
    changed[place % (len(changed) - 1)] ^= other
    tampered.lines[sequence - 1] = bytes(changed)
    found = tampered.first()
    assert found.sequence == sequence
    assert found.what in {"changed", "removed", "reordered"}


@tampering
@given(sequence=sequences, again=st.booleans())
def test_an_entry_that_says_something_else_is_found_even_with_its_hash_made_anew(
    pristine: Path, key: Path, sequence: int, *, again: bool
) -> None:
    tampered = Tampered(pristine, key)
    previous = None
    for place in range(sequence - 1, LENGTH if again else sequence):
        old = parsed(tampered.lines[place])
        said = dict(old.entry or {})
        if previous is None:
            said["key"] = "somebody else"
        new = link(old.chain, old.sequence, previous or old.previous, said)
        tampered.lines[place] = line(new)
        previous = new.hash
    found = tampered.first()
    # Made anew to its end, only the signed head knows.
    expected = LENGTH if again else min(sequence + 1, LENGTH)
    assert (found.what, found.sequence) == ("changed", expected)


@tampering
@given(sequence=st.integers(1, LENGTH - 1), count=st.integers(1, LENGTH))
def test_removed_entries_are_found(pristine: Path, key: Path, sequence: int, count: int) -> None:
    tampered = Tampered(pristine, key)
    gone = min(count, LENGTH - sequence)
    del tampered.lines[sequence - 1 : sequence - 1 + gone]
    assert tampered.first()[:3:2] == ("removed", sequence)


@tampering
@given(order=st.permutations(range(LENGTH)).filter(lambda order: order != list(range(LENGTH))))
def test_reordered_entries_are_found(pristine: Path, key: Path, order: list[int]) -> None:
    tampered = Tampered(pristine, key)
    tampered.lines = [tampered.lines[place] for place in order]
    first = next(place for place, from_ in enumerate(order) if place != from_)
    assert tampered.first()[:3:2] == ("reordered", first + 1)


@tampering
@given(left=st.integers(0, LENGTH - 1), torn=st.booleans())
def test_a_cut_off_end_is_found(pristine: Path, key: Path, left: int, *, torn: bool) -> None:
    tampered = Tampered(pristine, key)
    half = tampered.lines[left][:20]
    tampered.lines = [*tampered.lines[:left], *([half] if torn else [])]
    assert tampered.first()[:3:2] == ("truncated", left + 1)


def test_a_chain_that_is_gone_is_missed_by_its_heads_and_by_the_next_chain(
    pristine: Path, key: Path
) -> None:
    tampered = Tampered(pristine, key)
    asyncio.run(written(tampered.folder))
    tampered.file.unlink()
    for file in files.heads_files(tampered.folder):
        file.unlink()
    (found,) = verify(tampered.folder).findings
    assert (found.what, found.sequence) == ("removed", 1)
    assert found.chain == files.chain_of(tampered.file)


def test_heads_that_somebody_keeps_bind_what_was_signed_anew(pristine: Path, key: Path) -> None:
    kept = list(files.heads(pristine))
    tampered = Tampered(pristine, key)
    for file in (*files.heads_files(tampered.folder), tampered.file):
        file.unlink()
    assert verify(tampered.folder).findings == []
    (found,) = verify(tampered.folder, kept_heads=kept).findings
    assert found.what == "removed"


def test_a_forged_head_is_found(pristine: Path, key: Path, tmp_path: Path) -> None:
    tampered = Tampered(pristine, key)
    (file,) = files.heads_files(tampered.folder)
    head = Head.parsed(file.read_bytes().splitlines(keepends=True)[-1])
    make_key(tmp_path / "other.pem")
    other = Signer.of_file(tmp_path / "other.pem", tampered.folder)
    for forged in (
        other.signed(head),
        head._replace(signature=None),
        head._replace(signature="é"),
    ):
        file.write_bytes(file.read_bytes() + forged.line())
        assert tampered.first().what == "forged"
        file.write_bytes(head.line())
    assert tampered.verification().findings == []


def test_heads_before_the_key_was_made_are_told_and_no_forgery(key: Path, tmp_path: Path) -> None:
    asyncio.run(written(tmp_path / "audit"))
    asyncio.run(written(tmp_path / "audit", signer=Signer.of_file(key, tmp_path / "audit")))
    public = public_key(key.with_name("audit.pem.pub").read_bytes())
    found = verify(tmp_path / "audit", key=public)
    assert (found.findings, found.unsigned_heads) == ([], 1)


def test_half_a_line_that_a_killed_process_left_is_no_tampering(pristine: Path, key: Path) -> None:
    tampered = Tampered(pristine, key)
    tampered.lines.append(b'{"at":"2026')
    found = tampered.verification()
    assert (found.findings, found.unfinished) == ([], 1)


def test_an_entry_goes_when_its_time_is_over_and_the_chain_survives_it(tmp_path: Path) -> None:
    days = {"read": 30, "write": 365, "audit": 30}

    async def kept() -> dict[str, int]:
        folder = tmp_path / "audit"
        async with Journal(folder, None) as opened:
            await opened.append([entry(1), entry(2, "write"), entry(3)])
        # A file goes by its name's day; what is in it by its own time.
        for file in folder.glob("*.jsonl"):
            file.rename(folder / file.name.replace(files.day_of(file), "2026-01-01"))
        async with Journal(folder, None) as opened:
            return await opened.forget(days, datetime.now(UTC) + timedelta(days=40))

    assert asyncio.run(kept()) == {"read": 2}
    found = verify(tmp_path / "audit")
    assert (found.findings, found.dropped) == ([], 2)
    left = list(files.links(files.entries_files(tmp_path / "audit")))
    assert [one.sequence for one in left if one.entry is None] == [2, 4]
    assert "GET /v1" in left[2].entry["operation"] if left[2].entry else False


def test_an_entry_that_goes_before_its_time_is_missed(pristine: Path, key: Path) -> None:
    tampered = Tampered(pristine, key)
    stub: Link = parsed(tampered.lines[4])._replace(entry=None)
    tampered.lines[4] = line(stub)
    assert tampered.first()[:3:2] == ("removed", 5)


def test_many_that_wait_share_one_fsync_and_stand_in_one_chain(tmp_path: Path) -> None:
    async def together() -> int:
        async with Journal(tmp_path / "audit", None) as opened:
            await asyncio.gather(*(opened.append([entry(number)]) for number in range(160)))
            return opened.groups

    assert asyncio.run(together()) <= 3
    found = verify(tmp_path / "audit")
    assert (found.findings, found.entries) == ([], 162)


def test_a_chain_that_grew_has_a_head_before_long(tmp_path: Path) -> None:
    async def grown() -> None:
        async with Journal(tmp_path / "audit", None, head_seconds=0.01):
            await asyncio.to_thread(eventually, lambda: bool(files.heads_files(tmp_path / "audit")))

    asyncio.run(grown())


def test_a_day_ends_with_a_head_and_the_next_one_has_files_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "audit"

    async def turned() -> str:
        async with Journal(folder, None) as opened:
            # As if what stands there had been written on another day.
            (today,) = files.entries_files(folder)
            today.rename(files.entries_file(folder, "2026-01-01", opened.chain))
            opened._chain._day = "2026-01-01"
            await opened.append([entry(1)])
            return opened.chain

    chain = asyncio.run(turned())
    (head,) = files.heads_file(folder, "2026-01-01", chain).read_bytes().splitlines()
    assert Head.parsed(head).sequence == 1
    assert len(files.entries_files(folder)) == 2
    assert verify(folder).findings == []


def test_an_entry_waits_for_others_only_while_many_answers_are_on_their_way(
    tmp_path: Path,
) -> None:
    async def spread(opened: Journal) -> int:
        begun = opened.groups
        late: list[asyncio.Task[None]] = []
        for number in range(5):
            late.append(asyncio.create_task(opened.append([entry(number)])))
            # The writer is asked in between: it would begin with what is there.
            for _ in range(3):
                await asyncio.sleep(0)
        await asyncio.gather(*late)
        return opened.groups - begun

    async def twice() -> tuple[int, int]:
        async with Journal(tmp_path / "audit", None) as opened:
            alone = await spread(opened)
            with ExitStack() as others:
                for _ in range(MANY_ANSWERS + 5):
                    others.enter_context(opened.answering())
                return alone, await spread(opened)

    alone, among_many = asyncio.run(twice())
    assert alone > among_many == 1
    assert verify(tmp_path / "audit").entries == 10 + 2


def test_clients_that_come_one_after_the_other_share_what_waits(tmp_path: Path) -> None:
    async def client(opened: Journal) -> None:
        for number in range(25):
            await opened.append([entry(number)])

    async def sixteen() -> int:
        async with Journal(tmp_path / "audit", None) as opened:
            await asyncio.gather(*(client(opened) for _ in range(16)))
            return opened.groups

    # Nearly always all sixteen are in one group; that they mostly are is promised.
    assert asyncio.run(sixteen()) < 16 * 25 / 4
    assert verify(tmp_path / "audit").entries == 16 * 25 + 2


def test_an_entry_that_cannot_be_written_is_refused_and_what_was_committed_comes_later(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "audit"
    committed = Entry(class_="write", operation="x", outcome="committed", unit="u", id="owed")

    async def refused() -> None:
        async with Journal(folder, None) as opened:
            first = opened.chain
            with no_room_on_the_disk(), pytest.raises(NotRecorded):
                await opened.append([entry(1), committed])
            await opened.append([entry(2)])
            assert opened.chain != first

    asyncio.run(refused())
    found = verify(folder)
    assert (found.findings, found.chains) == ([], 2)
    ids = ids_of(folder, list(files.files_of_chains(folder)))
    assert "owed" in ids
    assert f"{1:032x}" not in ids


@contextmanager
def no_room_on_the_disk() -> Generator[None]:
    """Let no file of this process grow, as the kernel does it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_process_that_was_killed_leaves_its_chain_to_be_settled(tmp_path: Path) -> None:
    folder = tmp_path / "audit"

    async def killed() -> str:
        opened = Journal(folder, None)
        await opened.__aenter__()
        for task in opened._tasks:
            task.cancel()
        return opened.chain

    closed = asyncio.run(written(folder))
    lost = [asyncio.run(killed()), asyncio.run(killed())]

    async def found() -> list[str]:
        async with Journal(folder, None) as opened:
            return unsettled(folder, sparing=opened.chain)

    assert sorted(asyncio.run(found())) == sorted(lost)
    assert asyncio.run(found()) == []
    assert closed not in lost
    assert verify(folder).findings == []


def test_files_and_keys_are_their_owner_s_alone(pristine: Path, key: Path) -> None:
    assert stat.S_IMODE(pristine.stat().st_mode) == 0o700
    for file in (*pristine.iterdir(), key):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_pem_public_key(key.with_name("audit.pem.pub").read_bytes())


def test_a_key_in_the_data_folder_or_of_another_kind_is_refused(key: Path, tmp_path: Path) -> None:
    for content in (b"", b"x", key.with_name("audit.pem.pub").read_bytes()):
        (tmp_path / "wrong.pem").write_bytes(content)
        with pytest.raises(CannotStart, match="no private key"):
            Signer.of_file(tmp_path / "wrong.pem", tmp_path / "data")
    with pytest.raises(CannotStart, match="cannot be read"):
        Signer.of_file(tmp_path / "none.pem", tmp_path / "data")
    with pytest.raises(CannotStart, match="protects"):
        Signer.of_file(key, key.parent)
