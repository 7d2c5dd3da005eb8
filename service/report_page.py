"""A report as a page to print and as a file for a spreadsheet.

Both read a run as the API gives it: id, kind, parameters, as_of, revision, created_at and result.
A row may carry a name beside its node; whoever renders has seen to it that the reader may see it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from graph.analytics.coverage import coverage_sentence
from graph.analytics.glossary import explanation, explanations
from graph.disclosure import STAR, starred
from service.charts import Bar, bars

PAGE_ROWS: Final = 1_000
"""Rows on one page; all of them stand in the CSV."""

MOST_BARS: Final = 20
"""Rows that are drawn: the highest."""

HEADINGS: Final[Mapping[str, str]] = {
    "node": "Id",
    "name": "Name",
    "kind": "Kind",
    "area": "Area",
    "finding": "Finding",
    "degree": "Ties",
    "in_giant": "In the largest part",
    "hops_to_association": "Steps to an association",
    "would_notice": "Who would notice",
    "natural_would_notice": "Who would notice, unpaid",
    "natural_degree": "Natural ties",
    "natural_in_giant": "In the largest part, by natural ties",
    "natural_hops_to_association": "Steps to an association, by natural ties",
    "status": "Standing",
    "betweenness": "Betweenness",
    "closeness": "Closeness",
    "harmonic": "Harmonic closeness",
    "eigenvector": "Eigenvector",
    "pagerank": "PageRank",
    "constraint": "Constraint",
    "effective_size": "Effective size",
    "cut_point": "Cut point",
    "between_people": "Pairs of people who meet here",
    "reason": "Why there is no value",
    "natural": "Natural support",
    "paid": "Paid support",
    "would_notice_without_staff": "Who would notice, without staff",
    "would_notice_without_carer": "Who would notice, without the main carer",
    "ways_to_place": "Ways to a place to go, at most 2",
    "holds": "Whose only way leads here",
    "other": "To be introduced to",
    "component": "Part",
    "community": "Community",
    "cut_off": "Break off with it",
    "ei_index": "E-I index, by area",
    "offers": "Offers",
    "wants": "Wants",
    "aim": "Aim",
    "term": "Topic",
    "levels": "Levels",
    "hours": "Hours a week",
    "level": "Level",
    "actual": "There",
    "potential": "Not there yet",
    "assets": "Assets",
    "of": "Of",
    "said": "What is said",
    "word": "Which",
    "records": "Records",
    "share": "Share",
    "step": "Step",
    "never_asked": "Never asked",
    "asked": "Asked",
    "given": "Given",
    "could_give": "Could be given",
    "received": "Received",
    "from_agency": "From agencies",
    "wanted": "Wanted",
    "wants_recorded": "Wants of others on record",
    "offers_recorded": "Offers of others on record",
    "deficit_lens": "Share of wants",
    "members": "Members on the map",
    "joined": "Of them, new this year",
    "membership": "Membership",
    "first_reported": "First reported",
    "reported_on": "Last reported on",
    "change": "Change",
    "volunteers": "Volunteers",
    "load_gini": "Unevenness of load",
    "tied_to": "Tied to",
    "agency_ties": "Of them agencies",
    "other_ties": "Of them others",
    "agency_share_of_ties": "Share of agencies",
    "funders": "Funders",
    "agency_funders": "Of the funders, agencies",
    "other_funders": "Of the funders, others",
    "agency_share_of_funders": "Share of agencies among funders",
    "exhausted": "Exhausted",
    "dominated": "Dominated",
    "few_members": "Few members",
    "shrinking": "Shrinking",
    "aspect": "Heart, head or hand",
    "count": "How much",
}

_FIRST: Final = ("finding", "node", "name")
# A spreadsheet takes a text that begins like this for a formula, and runs it; the last four are
# the signs of the first in the full width of East Asian keyboards.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def report_csv(run: Mapping[str, Any]) -> str:
    """Return the rows of a run as CSV (RFC 4180), for spreadsheets and programs.

    Returns
    -------
    str
        A header and a line a row, each ending in CRLF. Numbers in full, true and false, nothing
        for null. A text that a spreadsheet would take for a formula has an apostrophe before it.

    Notes
    -----
    Pure; the convention against formulas is OWASP's ("CSV Injection").
    """
    rows = _rows(run)
    columns = _columns(run)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def report_html(run: Mapping[str, Any]) -> str:
    """Return a run as a page that prints on A4, reads aloud, and asks nothing of any other host.

    Notes
    -----
    Pure, but for the template, which is read once. Shows at most `PAGE_ROWS` rows.
    """
    result = starred(run["result"])
    rows = _rows(run)
    about = explanation(run["kind"])
    return _template().render(
        run=run,
        title=about.title,
        about=about,
        measures=explanations(about.measures),
        result=result,
        coverage=result.get("coverage"),
        covers=coverage_sentence(result["coverage"]) if "coverage" in result else "",
        changes=run.get("changes"),
        columns=[(name, HEADINGS.get(name, _words(name))) for name in _columns(run)],
        rows=rows[:PAGE_ROWS],
        row_count=len(rows),
        figures=_figures(result["summary"]),
        charts=_charts(result["summary"], rows, _columns(run)),
        tables=_tables(result["summary"]),
        conventions=_conventions(result["conventions"]),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["said"] = _said
    environment.filters["words"] = _words
    return environment.get_template("report.html")


def _rows(run: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return starred(run["result"])["rows"]


# A report that found nothing still has its columns, so that programs need not guess.
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "isolation": (
        "node", "degree", "in_giant", "hops_to_association", "would_notice",
        "natural_degree", "natural_in_giant", "natural_hops_to_association",
        "natural_would_notice", "status",
    ),
    "brokers": (
        "node", "betweenness", "constraint", "effective_size", "cut_point", "coordinator",
        "itinerant", "gatekeeper", "representative", "liaison", "between_people", "reason",
    ),
    "centrality": (
        "node", "degree", "betweenness", "closeness", "harmonic", "eigenvector", "pagerank",
        "reason",
    ),
    "unused": ("finding", "node", "area", "term", "levels", "offers", "wants", "hours"),
    "fracture": ("node", "component", "community", "cut_off", "ei_index", "reason"),
    "support": (
        "node", "mapped", "natural", "paid", "natural_to_paid", "natural_share", "would_notice",
        "would_notice_without_staff", "would_notice_without_carer", "ways_to_place",
        "ways_to_place_without_staff", "place_left_without_carer", "main_carer", "holds", "reason",
    ),
    "what_if": ("finding", "node", "other", "gain"),
    "waves": ("node", "wave"),
    "balance": ("area", "aim", "level", "actual", "potential", "assets"),
    "provenance": ("of", "said", "word", "records", "share"),
    "flow": (
        "node", "kind", "step", "never_asked", "asked", "given", "could_give", "received",
        "from_agency", "wanted", "wants_recorded", "offers_recorded", "deficit_lens",
    ),
    "associations": (
        "node", "members", "joined", "membership", "first_reported", "reported_on", "change",
        "volunteers", "load_gini", "tied_to", "agency_ties", "other_ties", "agency_share_of_ties",
        "funders", "agency_funders", "other_funders", "agency_share_of_funders", "exhausted",
        "dominated", "few_members", "shrinking",
    ),
    "skills": ("finding", "node", "kind", "aspect", "count"),
}  # fmt: skip


def _columns(run: Mapping[str, Any]) -> list[str]:
    seen = dict.fromkeys(_COLUMNS.get(run["kind"], ()))
    for row in _rows(run):
        seen |= dict.fromkeys(row)
    return [name for name in _FIRST if name in seen] + [name for name in seen if name not in _FIRST]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = "|".join(map(str, cast("Sequence[Any]", value)))
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _said(value: Any) -> str:
    """Return a value as a person reads it: four digits, a dash for nothing."""
    if value is None:
        return "–"  # noqa: RUF001 - a dash is what a table shows for nothing
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_said(item) for item in cast("Sequence[Any]", value))
    return str(value)


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _figures(summary: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the single figures of a summary, those of one level of nesting included."""
    found: list[tuple[str, Any]] = []
    for name, value in summary.items():
        if isinstance(value, Mapping):
            nested = cast("Mapping[str, Any]", value)
            found += [(f"{_words(name)}: {key}", figure) for key, figure in nested.items()]
        elif not isinstance(value, Sequence) or isinstance(value, str):
            found.append((_words(name), value))
    return found


def _charts(
    summary: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], columns: Sequence[str]
) -> list[tuple[str, Markup]]:
    """Return the counts of the summary, and the rows by their first measure, as bars.

    The summary's counts are of one kind, so that they stand to one scale; of rows the highest are
    drawn. What is not told has a star and no bar.
    """
    counts = [(name, value) for name, value in _figures(summary) if _is_count(value)]
    drawn = [("Counts", [_bar(name, value) for name, value in counts])]
    measure = next((name for name in columns if any(_is_number(row.get(name)) for row in rows)), "")
    measured = [row for row in rows if _is_number(row.get(measure))]
    measured.sort(key=lambda row: -row[measure])
    named = [
        _bar(row.get("name") or row.get("node") or row.get("area") or "", row[measure])
        for row in measured[:MOST_BARS]
    ]
    drawn.append((HEADINGS.get(measure, _words(measure)), named))
    return [
        (title, bars(f"chart-{at}", title, lines))
        for at, (title, lines) in enumerate(drawn)
        if len(lines) > 1
    ]


def _bar(label: str, value: Any) -> Bar:
    return Bar(str(label), value if _is_number(value) else None, _said(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return value == STAR or (isinstance(value, int) and not isinstance(value, bool))


def _tables(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lists of a summary as tables: rows by their keys, pairs by their order."""
    found: list[dict[str, Any]] = []
    for name, value in summary.items():
        if not isinstance(value, Sequence) or isinstance(value, str) or not value:
            continue
        lines = cast("Sequence[Any]", value)
        if isinstance(lines[0], Mapping):
            header = [_words(key) for key in cast("Mapping[str, Any]", lines[0])]
            cells = [list(line.values()) for line in lines[:PAGE_ROWS]]
        else:
            header = ["One end", "The other end"]
            cells = [list(line) for line in lines[:PAGE_ROWS]]
        found.append({"caption": _words(name), "header": header, "rows": cells, "of": len(lines)})
    return found


def _conventions(conventions: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in conventions.items():
        if isinstance(value, Mapping):
            nested = cast("Mapping[str, Any]", value)
            found += [(HEADINGS.get(key, _words(key)), text) for key, text in nested.items()]
        else:
            found.append((_words(name), "everywhere" if name == "areas" and not value else value))
    return found
