"""A bad file changes nothing, and the answer says which line and field are wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from graph.values import new_id
from tests.long_work import (
    CSV,
    begun,
    exported,
    followed,
    imported,
    kept,
    ndjson,
    position,
    refused_for,
    refused_rows,
    sent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running_service import RunningService

GOOD = b'{"kind": "association", "id": "choir", "name": "Choir"}\n'
MIB = 1 << 20


def node(**fields: Any) -> bytes:
    return ndjson([{"kind": "association", "id": new_id(), "name": "X", **fields}])


def person(**fields: Any) -> bytes:
    return ndjson([{"kind": "person", "id": new_id(), "name": "Ada", **fields}])


def tie(**fields: Any) -> bytes:
    said = {"type": "connects", "relation": "member", "source": "there", "target": "choir"}
    return ndjson([{**said, **fields}])


BAD_LINES = {
    "broken UTF-8": (b'{"kind": "association", "id": "x", "name": "\xff"}\n', ""),
    "NUL as it is": (b'{"kind": "association", "id": "x", "name": "a\0b"}\n', ""),
    "NUL, escaped": (node(name="a\0b"), "/name"),
    "NaN": (b'{"kind": "person", "name": "A", "location": {"latitude": NaN}}\n', ""),
    "1e400": (b'{"kind": "person", "name": "A", "location": {"latitude": 1e400}}\n', ""),
    "70 levels": (b'{"kind": "association", "id": ' + b"[" * 70 + b"]" * 70 + b"}\n", ""),
    "no object": (b'["kind", "association"]\n', ""),
    "no JSON": (b'{"kind": "association"\n', ""),
    "the same key twice": (b'{"kind": "association", "id": "x", "id": "y", "name": "X"}\n', ""),
    "an unknown field": (node(colour="red"), "/colour"),
    "an unknown kind": (node(kind="club"), "/kind"),
    "an unknown type": (tie(type="likes"), "/type"),
    "neither kind nor type": (b'{"id": "x"}\n', ""),
    "a person's id that says something": (person(id="ada-lovelace"), "/id"),
    "an id of 65 characters": (node(id="x" * 65), "/id"),
    "a tie's id of 65 characters": (tie(id="x" * 65), "/id"),
    "a naive datetime": (
        node(provenance={"recorded_at": "2026-03-01T09:00:00"}),
        "/provenance/recorded_at",
    ),
    "a day that is none": (node(active_from="2026-02-30"), "/active_from"),
    "an end that is not there": (tie(target="nowhere"), "/target"),
    "a foreign end that is not there": (
        tie(target={"system": "s", "type": "t", "id": "1"}),
        "/target",
    ),
    "a foreign end without its type": (tie(target={"system": "s", "id": "1"}), "/target/type"),
    "no end": (ndjson([{"type": "connects", "relation": "member", "source": "there"}]), "/target"),
    "a wrong kind at the source": (tie(relation="staff"), "/source"),
    "a relation that is a list": (tie(relation=["staff"]), "/relation"),
    "a wrong kind at the target": (
        ndjson([{"type": "offers", "source": "there", "target": "choir"}]),
        "/target",
    ),
    "a tie to itself": (tie(source="choir"), "/target"),
    "a strength over 1": (tie(strength=1.5), "/strength"),
    "an area that is not there": (node(areas=["moon"]), "/areas/0"),
    "a steward that is not there": (node(steward="nobody"), "/steward"),
}


def test_bad_lines_keep_their_file_out_and_are_named(service: RunningService):
    with service.client() as client:
        kept(client, ndjson([{"kind": "association", "id": "there", "name": "There"}]))
        before = position(client)
        bad = [line for line, _ in BAD_LINES.values()]
        job = imported(client, b"".join((GOOD, *bad, GOOD.replace(b"choir", b"shed"))))
        assert (job["state"], job["failed_rows"]) == ("failed", len(bad))
        refused = {row["line"]: row for row in refused_rows(client, job["id"])}
        for number, (what, (line, pointer)) in enumerate(BAD_LINES.items(), start=2):
            assert [fault["pointer"] for fault in refused[number]["errors"]] == [pointer], what
            assert refused[number]["errors"][0]["detail"]
            assert refused[number]["row"] == line.decode("utf-8", "replace").rstrip("\n")
        assert position(client) == before
        assert [row["id"] for row in exported(client)] == ["there"]


def test_a_line_of_64_mib_is_one_bad_row(service: RunningService):
    def body() -> Iterator[bytes]:
        yield GOOD + b'{"kind": "association", "id": "x", "name": "'
        for _ in range(64):
            yield b"x" * MIB
        yield b'"}\n{"kind": "association", "id": "shed", "name": "Shed"}\n'

    with service.client() as client:
        job = imported(client, body(), on_error="keep_good")
        assert (job["state"], job["done"], job["failed_rows"]) == ("done", 3, 1)
        assert refused_for(client, job) == [(2, [""])]
        (refused,) = refused_rows(client, job["id"])
        assert len(refused["row"]) == 2_000
        assert str(MIB) in refused["errors"][0]["detail"]
        assert [row["id"] for row in exported(client)] == ["choir", "shed"]


BAD_HEADERS = {
    "nothing at all": (b"", "the file is empty"),
    "no header": (b"choir,Choir\nshed,Shed\n", "no column `kind` or `type`"),
    "an unknown column": (b"kind,id,name,colour\n", "'colour'"),
    "a column twice": (b"kind,id,name,name\n", "'name' stands twice"),
    "no column that identifies": (b"kind,name\nassociation,Choir\n", "id, source.id"),
    "broken UTF-8": (b"kind,id,na\xffme\n", "not UTF-8"),
}


def test_a_bad_header_keeps_its_file_out(service: RunningService):
    with service.client() as client:
        before = position(client)
        for content, detail in BAD_HEADERS.values():
            job = imported(client, content, CSV, on_error="keep_good")
            assert (job["state"], job["done"]) == ("failed", 0)
            assert detail in job["problem"]["detail"]
            assert job["problem"]["errors"][0]["pointer"] == ""
        assert (position(client), exported(client)) == (before, [])


def test_bad_cells_are_named_by_their_line_and_field(service: RunningService):
    lines = [
        "kind,id,name,sensitive,location.latitude,location.longitude,active_from",
        "association,a,A,maybe,,,",
        'association,b,"B',
        'and more",,north,1,',
        "association,c,C,,,,2026-13-01",
        "association,d,D",
        "association,e,E,true,51.5,-0.1,2026-03-01",
    ]
    with service.client() as client:
        job = imported(client, "\r\n".join(lines).encode(), CSV, on_error="keep_good")
        assert refused_for(client, job) == [
            (2, ["/sensitive"]),
            (3, ["/location/latitude"]),
            (6, [""]),
            (5, ["/active_from"]),
        ]
        assert [row["id"] for row in exported(client)] == ["e"]


def test_an_empty_file_of_lines_is_an_import_of_nothing(service: RunningService):
    with service.client() as client:
        for content in (b"", b"\n\r\n", b"\xef\xbb\xbf"):
            job = kept(client, content)
            assert (job["done"], job["total"], job["percent"]) == (0, 0, 100.0)


def test_thousands_of_bad_rows_are_all_shown(service: RunningService):
    wide = "\N{OLD PERSIAN SIGN A}" * 1_900
    bad = json.dumps({"kind": "agency", "id": "x", "text": wide}, ensure_ascii=False)
    content = f"{bad}\n".encode() * 4_500
    with service.client() as client:
        job = imported(client, content, on_error="keep_good")
        assert (job["state"], job["done"], job["failed_rows"]) == ("done", 4_500, 4_500)
        rows = refused_rows(client, job["id"])
        assert sorted(row["line"] for row in rows) == list(range(1, 4_501))
        assert rows[-1]["row"] == bad[:2_000]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"on_error": "stop"}, "/query/on_error"),
        ({"on_conflict": "ask"}, "/query/on_conflict"),
        ({"what": "club"}, "/query/what"),
        ({"fast": "yes"}, "/query/fast"),
    ],
)
def test_an_import_that_nobody_could_do_is_refused_at_once(
    service: RunningService, query: dict[str, Any], pointer: str
):
    with service.client() as client:
        answer = sent(client, GOOD, **query)
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_file_of_another_media_type_or_a_bad_mapping_is_refused_at_once(
    service: RunningService,
):
    with service.client() as client:
        assert sent(client, GOOD, "application/json").status_code == 415
        assert sent(client, b"a,b\n", CSV, mapping={"node": {"nmae": "a"}}).status_code == 422
        header = {"Wholemap-Mapping": "{"}
        assert sent(client, b"a,b\n", CSV, headers=header).status_code == 400
        assert sent(client, GOOD, mapping={"node": {"name": "a"}}).status_code == 422
        assert sent(client, GOOD, what="person").status_code == 422
    for role in ("analyst", "admin"):
        with service.client(service.key(role)) as other:
            assert sent(other, GOOD).status_code == 403


def test_what_the_file_says_of_a_column_must_fit_what_is_asked_for(service: RunningService):
    with service.client() as client:
        job = followed(client, begun(sent(client, b"id,name\nc,C\n", CSV, what="association")))
        assert job["state"] == "done"
        job = imported(client, b"kind,id,name\nagency,d,D\n", CSV, what="association")
        assert refused_for(client, job) == [(2, ["/kind"])]
