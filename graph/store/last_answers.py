"""The last answer to a question, as long as a new one would be the same."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic_core import to_json

from graph.store.changes import revision
from graph.store.runs import run_of

if TYPE_CHECKING:
    from datetime import date

    from graph.store.client import Client, Row, Transaction
    from graph.store.runs import Run


def question_of(asked: Run, today: date, smallest: int) -> str:
    """Return a digest of all that an answer follows from, beside the network itself.

    Parameters
    ----------
    today
        The day on which consents are judged.
    smallest
        Counts below it are suppressed under disclosure control.

    Notes
    -----
    SHA-256 over what is asked, who asks, and which version of this program answers.
    """
    said = [
        asked.kind, asked.parameters, asked.as_of, asked.role, asked.organisation,
        today, smallest, version("wholemap"),
    ]  # fmt: skip
    return hashlib.sha256(to_json(said)).hexdigest()


async def last_answer(client: Client, question: str, today: date) -> Run | None:
    """Return the last run that answered a question from the network as it is now, if there is one.

    A run is taken whose revision is the present one, so nothing has been written since.
    """

    async def work(transaction: Transaction) -> Row | None:
        now = await revision(transaction)
        return await transaction.row(
            "read/last_answer", question=question, epoch=now.epoch, revision=now.number
        )

    row = await client.read(work)
    found = None if row is None else run_of(row).on(today)
    return found if found is not None and found.state == "done" else None
