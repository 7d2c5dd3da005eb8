"""The communities of a run by id: kept beside its answer for a later run, and never shown."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import from_json, to_json

from graph.store.pages import page_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.policy import View
    from graph.store.client import Client
    from graph.store.runs import Run

_IDS_ON_A_PAGE: Final = 10_000


async def put_labels(
    client: Client, run_id: str, first: int, labels: Iterable[tuple[str, int]]
) -> int:
    """Keep labels by id in pages of a run, from one on; return how many pages they take.

    Whoever is erased, or agrees no more, is found in them as in the answer.
    """
    items = iter(labels)
    count = 0
    while page := dict(islice(items, _IDS_ON_A_PAGE)):
        key, text = page_key(run_id, first + count), to_json(page).decode()
        await client.write(lambda t, k=key, p=text: t.run("write/put_page", key=k, text=p))
        count += 1
    return count


async def labels_of(client: Client, run: Run, view: View) -> dict[str, int]:
    """Return the labels of a run, of those nodes that a view sees now."""
    labels: dict[str, int] = {}
    for number in range(run.pages, run.pages + run.labelled):
        for row in await client.rows("read/pages", keys=[page_key(run.id, number)]):
            page: dict[str, Any] = from_json(row["text"])
            ids = list(page)
            seen = await client.rows("read/visible_nodes", ids=ids, **view.parameters())
            labels |= {found["id"]: page[found["id"]] for found in seen}
    return labels
