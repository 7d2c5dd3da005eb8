"""Directories of others are read by mappings: counts taken from the files, values by eye."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from graph.errors import Fault, Unreadable
from graph.exchange.csv_rows import read_csv
from graph.exchange.mapping import ForeignMapping
from graph.exchange.repeats import refuse_repeats
from graph.exchange.rows import Row
from graph.nodes import NODE, AnyNode
from graph.revising import onto
from graph.ties import TIE

DATA = Path(__file__).parent / "data"


def read(mapping: str) -> list[Row]:
    path = DATA / f"{mapping}.mapping.json"
    file = DATA / f"{mapping.partition('-of-')[0]}.csv"
    with file.open("rb") as stream:
        said = ForeignMapping.model_validate_json(path.read_bytes())
        return list(refuse_repeats(read_csv(stream, mapping=said)))


def told(mapping: dict[str, Any], text: str) -> list[Row]:
    return list(read_csv(BytesIO(text.encode()), mapping=ForeignMapping.model_validate(mapping)))


def directory(*mappings: str) -> dict[tuple[str, str], AnyNode]:
    """Return the nodes of some files, as an import leaves them, by foreign type and id."""
    known: dict[tuple[str, str], dict[str, Any]] = {}
    for mapping in mappings:
        for row in read(mapping):
            assert not row.faults
            if row.node is not None:
                key = row.node["source"]["type"], row.node["source"]["id"]
                known[key] = onto(
                    known.get(key, {"id": row.node["source"]["id"]}), row.node, row.append
                )
    return {key: NODE.validate_python(fields) for key, fields in known.items()}


OHANA = (
    "ohana/organizations",
    "ohana/programs",
    "ohana/locations",
    "ohana/services",
    "ohana/addresses",
    "ohana/phones-of-locations",
    "ohana/phones-of-organizations",
    "ohana/phones-of-services",
    "ohana/contacts-of-locations",
    "ohana/contacts-of-organizations",
    "ohana/contacts-of-services",
)


@pytest.mark.parametrize(
    ("mapping", "nodes", "ties", "contacts"),
    [
        ("florida/organizations", 20, {}, 19 + 19),
        ("florida/services", 135, {"offers": 135}, 110 + 92),
        ("florida/locations", 378, {"connects": 378}, 196),
        ("ohana/organizations", 8, {}, 2),
        ("ohana/programs", 1, {"offers": 1}, 0),
        ("ohana/locations", 22, {"connects": 21}, 1 + 3),
        ("ohana/services", 23, {"offers": 21, "connects": 23}, 1 + 2),
        ("ohana/addresses", 21, {}, 21),
        ("ohana/phones-of-locations", 44, {}, 44),
        ("ohana/phones-of-organizations", 1, {}, 1),
        ("ohana/phones-of-services", 3, {}, 3),
        ("ohana/contacts-of-locations", 29, {}, 29 + 1),
        ("ohana/contacts-of-organizations", 1, {}, 2),
        ("ohana/contacts-of-services", 1, {}, 2),
    ],
)
def test_every_row_of_a_directory_becomes_what_its_mapping_says(
    mapping: str, nodes: int, ties: dict[str, int], contacts: int
):
    rows = read(mapping)
    assert not [row for row in rows if row.faults]
    assert sum(row.node is not None for row in rows) == nodes
    assert Counter(row.tie["type"] for row in rows if row.tie is not None) == ties
    found = [contact for row in rows if row.node for contact in row.node.get("contacts", ())]
    assert len(found) == contacts
    for row in rows:
        if row.tie is not None:
            TIE.validate_python({**row.tie, "source": "a", "target": "b"})


def test_an_organisation_of_the_florida_directory_is_an_agency():
    agency = directory("florida/organizations")[
        "organization", "85b23d4b-6619-4bd7-a682-819bf28dfed6"
    ]
    assert (agency.kind, agency.name) == ("agency", "Bay Area Legal Services, Inc.")
    assert agency.active_from is not None
    assert agency.active_from.isoformat() == "1967-01-01"
    assert [(contact.kind, contact.value) for contact in agency.contacts] == [
        ("email", "referrals@bals.org"),
        ("url", "www.bals.org"),
    ]


def test_a_service_of_the_florida_directory_is_offered_by_its_organisation():
    node, tie = read("florida/services")[:2]
    assert node.line == tie.line == 2
    assert node.node is not None
    assert node.node["name"] == "Immigration"
    assert node.node["tags"] == ["Immigration"]
    assert tie.tie == {
        "type": "offers",
        "source": {
            "system": "florida",
            "type": "organization",
            "id": "6a84f8e7-f0a8-445d-9abc-d24a7b462f82",
        },
        "target": node.node["source"],
    }


def test_several_phones_in_one_cell_are_several_contacts():
    rows = [row.node for row in read("florida/locations") if row.node is not None]
    phones = [
        [contact["value"] for contact in node["contacts"] if contact["kind"] == "phone"]
        for node in rows
        if "888-895-7873" in str(node)
    ]
    assert phones == [["888-895-7873", "888-895-7873", "800-955-8771"]]


def test_files_of_contacts_add_to_the_records_that_other_files_made():
    found = directory(*OHANA)
    assert Counter(node.kind for node in found.values()) == {"agency": 8, "asset": 46}
    assert sum(len(node.contacts) for node in found.values()) == (
        2 + 4 + 3 + 21 + 44 + 1 + 3 + 30 + 2 + 2
    )
    assert [(contact.kind, contact.value) for contact in found["location", "1"].contacts] == [
        ("address", "2600 Middlefield Road, Redwood City, CA, 94063"),
        ("phone", "650 780-7525"),
        ("other", "650 701-0856"),
        ("other", "Susan Houston"),
        ("other", "Christina Gonzalez"),
    ]
    assert [(contact.value, contact.label) for contact in found["organization", "8"].contacts] == [
        ("info@example.org", None),
        ("http://example.org", None),
        ("123-456-7890", "voice, Operations"),
        ("Elizabeth Feeney", "CEO, Operations"),
        ("e.feeney@foobar.org", "Elizabeth Feeney"),
    ]


def test_the_same_directory_twice_is_the_same_records():
    assert directory(*OHANA) == directory(*OHANA, *OHANA)


def test_a_location_of_the_ohana_directory_says_how_to_get_in():
    hall = directory("ohana/locations")["location", "1"]
    assert hall.kind == "asset"
    assert hall.accessibility == {
        "disabled_parking": "yes",
        "ramp": "yes",
        "accessible_toilet": "yes",
        "wheelchair_access": "yes",
    }
    assert hall.location is not None
    assert (hall.location.latitude, hall.location.longitude) == (37.477227, -122.213221)
    assert hall.tags == ["Spanish", "Tagalog"]


def test_a_split_column_makes_one_object_for_each_piece():
    service = directory("ohana/services")["service", "22"]
    assert service.kind == "asset"
    assert [term.code for term in service.terms] == [
        "105", "108", "108-05", "108-05-01", "111", "111-05",
    ]  # fmt: skip


def test_a_split_column_makes_one_tie_for_each_piece():
    rows = told(
        {
            "ties": [
                {
                    "type": {"constant": "connects"},
                    "relation": {"constant": "member"},
                    "source": "who",
                    "target": {"column": "groups", "split": ";"},
                    "paid": {"column": "paid", "values": {"no": False, "yes": True}},
                }
            ]
        },
        "who,groups,paid\nada,choir; ;garden,no\nben,,yes\n",
    )
    common = {"type": "connects", "relation": "member", "source": "ada", "paid": False}
    assert [row.tie for row in rows] == [
        {**common, "target": "choir"},
        {**common, "target": "garden"},
        None,
    ]
    assert rows[2].faults == (Fault("/target", "is needed"),)


def test_a_row_without_what_is_needed_makes_nothing():
    mapping = {
        "node": {
            "kind": {"constant": "agency"},
            "id": {"column": "id", "needed": True},
            "name": "name",
        },
        "ties": [{"type": {"constant": "wants"}, "source": "this", "target": "what"}],
    }
    rows = told(mapping, "id,name,what\n,Nobody,chairs\ntrust,Trust,\nbank,Bank,chairs\n")
    assert [(row.line, row.node or row.tie) for row in rows] == [
        (3, {"kind": "agency", "id": "trust", "name": "Trust"}),
        (4, {"kind": "agency", "id": "bank", "name": "Bank"}),
        (4, {"type": "wants", "source": "bank", "target": "chairs"}),
    ]


def test_a_date_in_another_format_is_faulty_in_its_place():
    mapping = {
        "node": {
            "kind": {"constant": "agency"},
            "id": "id",
            "active_from": {"column": "since", "date": "%B %d, %Y"},
        }
    }
    good, bad = told(mapping, 'id,since\na,"January 01, 1970"\nb,1970\n')
    assert good.node is not None
    assert good.node["active_from"] == "1970-01-01"
    assert bad.faults == (Fault("/active_from", "is no date such as %B %d, %Y"),)
    assert bad.text == "b,1970"


def test_a_column_that_the_file_lacks_is_named():
    mapping = {"node": {"kind": {"constant": "asset"}, "id": "key"}}
    with pytest.raises(Unreadable, match="a column 'key' that the header does not have"):
        told(mapping, "id,name\n")
    with pytest.raises(Unreadable, match="the column 'key' that the mapping reads stands twice"):
        told(mapping, "key,,,key\n")


@pytest.mark.parametrize(
    ("mapping", "detail"),
    [
        ({}, "makes neither a node nor a tie"),
        ({"node": {"nmae": "x"}}, "a node has no field nmae"),
        ({"node": {"name": [{"kind": "x"}]}}, "name is no list of objects"),
        ({"node": {"contacts": "x"}}, "contacts takes a list of objects"),
        ({"node": {"name": "x"}, "append": ["accessibility"]}, "accessibility is no list"),
        ({"node": {"name": "x"}, "append": ["name"]}, "name is no list to append to"),
        ({"ties": [{"strength.x": "x"}]}, "a tie has no field strength.x"),
        ({"ties": [{"source": "this"}]}, "source is this row's node, and the row makes none"),
        ({"node": {"name": {"column": "x", "constant": "y"}}}, "takes its value from a column"),
        ({"node": {"name": {"regex": "(a+)+"}}}, "Extra inputs are not permitted"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(mapping: dict[str, Any], detail: str):
    with pytest.raises(ValidationError, match=detail):
        ForeignMapping.model_validate(mapping)
