from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph import errors
from graph.analytics.reports import REPORTS
from graph.analytics.rescaling import RESCALINGS
from service import problems
from service.app import create_app
from service.settings import Elsewhere, Into, Settings
from tests.running_service import RunningService

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")])


def headings(name: str) -> list[str]:
    """Return the headings of a page, without their marks."""
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    return [line.lstrip("#").strip() for line in lines if line.startswith("#")]


def test_every_setting_has_its_heading_and_every_heading_its_setting():
    kinds = (Settings, Into, Elsewhere)
    settings = {f"WHOLEMAP_{name.upper()}" for kind in kinds for name in kind.model_fields}
    assert {line for line in headings("settings.md") if line.startswith("WHOLEMAP_")} == settings


def test_every_route_has_its_heading_and_every_heading_its_route(tmp_path: Path):
    paths = create_app(Settings(data_dir=tmp_path)).openapi()["paths"]
    routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    told: set[tuple[str, str]] = set()
    for heading in headings("api.md"):
        if not heading.startswith("`"):
            continue
        first, *others = re.findall(r"`([^`]+)`", heading)
        method, path = first.split()
        told |= {(method, path), *((method, other) for other in others)}
    assert told == routes


def test_every_kind_of_report_has_its_heading():
    told = {line.removeprefix("Report: ") for line in headings("analysis.md") if "Report: " in line}
    assert told == set(REPORTS)


def test_every_condition_that_is_answered_has_its_heading():
    answered = {
        kind.__name__
        for module in (errors, problems)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.GraphError)
        and kind is not errors.GraphError
        and not issubclass(kind, errors.CannotStart)
    }
    assert set(headings("problems.md")) - {"Problems"} == answered


def test_the_table_of_rescalings_is_the_one_that_the_tests_apply():
    page = (DOCS / "analysis.md").read_text(encoding="utf-8")
    for rescaling in RESCALINGS:
        parts = (rescaling.measure, rescaling.ours, rescaling.theirs, rescaling.rule)
        assert f"| {' | '.join(parts)} | {rescaling.printed_by} |" in page


def test_the_architecture_is_told_on_one_page():
    assert len((DOCS / "architecture.md").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_is_dead(page: Path):
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_requests_of_the_readme_run_and_connect_ada_to_the_choir(
    service: RunningService,
):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = {"$WHOLEMAP_URL": service.url, "$WHOLEMAP_KEY": service.key("coordinator")}
    for name, value in told.items():
        readme = readme.replace(name, value)
    requests = [
        request
        for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)
        for request in block.split("curl -sS ")[1:]
    ]
    answers = [asked(shlex.split(request)) for request in requests]
    assert len(answers) == 8
    promised = json.loads(re.findall(r"```json\n(.*?)```", readme, re.DOTALL)[0])
    assert {name: answers[-1][name] for name in ("hops", "shortest_routes")} == {
        name: promised[name] for name in ("hops", "shortest_routes")
    }
    (route,) = promised["routes"]
    assert [{name: found[name] for name in route} for found in answers[-1]["routes"]] == [route]


def asked(words: list[str]) -> dict[str, Any]:
    """Return the answer to a request written as curl's arguments."""
    headers = [word for flag, word in pairwise(words) if flag == "-H"]
    (body,) = [word for flag, word in pairwise(words) if flag == "-d"]
    answer = httpx.post(
        words[0], content=body, headers=dict(header.split(": ", 1) for header in headers)
    )
    answer.raise_for_status()
    return answer.json()
