"""One report at work: asked of the network, computed aside, kept as the answer of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from graph.analytics.coverage import Entered
from graph.analytics.questions import earlier_day, earlier_run, report_parameters
from graph.disclosure import discloses
from graph.errors import Conflict, RunOutdated
from graph.policy import EVERYTHING, view
from graph.store.reading import AreaFilters, Reader
from graph.store.run_labels import labels_of
from graph.store.runs import finish_run, lender, run
from service.importing import Cancelled
from service.reporting import computed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from graph.network import Snapshot
    from graph.policy import Caller
    from graph.store.client import Client
    from graph.store.live_network import LiveNetwork
    from graph.store.runs import Run
    from service.reporting import Budgets

_log = structlog.get_logger(__name__)


class Answering:
    """What answers reports.

    Parameters
    ----------
    client, network
        What is asked, and where answers are kept.
    budgets
        What one report may take.
    folder
        Where a worker's network lies while it is at work, in a file without a name.
    smallest_count
        Counts below it are suppressed for those who are under disclosure control.
    today
        Tells the community's day, on which consents are judged.
    """

    def __init__(
        self,
        client: Client,
        network: LiveNetwork,
        *,
        budgets: Budgets,
        folder: Path,
        smallest_count: int,
        today: Callable[[], date],
    ) -> None:
        self._client = client
        self._network = network
        self._budgets = budgets
        self._folder = folder
        self._smallest_count = smallest_count
        self._today = today

    async def answer(self, run_id: str, by: Caller) -> None:
        """Compute a run's answer and keep it.

        Raises
        ------
        Cancelled
            When the run has ended otherwise meanwhile: whoever cancels need not be in this process.
        WorkerFailed
            When there is no answer within the budgets.
        NotFound, RunOutdated, Invalid
            As `lender`, of the run that is to lend its communities.
        """
        asked = await run(self._client, run_id)
        try:
            while not await self._answered(asked, by):
                _log.info("report_computed_again", run=asked.id, reason="somebody withdrew")
        except Conflict as ended:
            raise Cancelled from ended

    async def _answered(self, asked: Run, by: Caller) -> bool:
        """Compute a report and keep it, unless somebody withdrew or was erased meanwhile."""
        seen = view(by, "analysis", self._today())
        parameters = report_parameters(asked.kind, asked.parameters)
        compared = earlier_day(parameters)
        days = [asked.as_of] if compared is None else [asked.as_of, compared]
        snapshot, *others = await self._network.on_days(days, seen)
        areas = await self._areas()
        labels: dict[str, int] | None = None
        if (lent := earlier_run(parameters)) is not None:
            # After the network was read: whoever withdraws from here on has it all done again.
            named = await lender(self._client, lent, asked.kind, by, self._today())
            labels = await labels_of(self._client, named, seen)
        result, found = await computed(
            asked.kind,
            snapshot,
            asked.parameters,
            [area.id for area in areas],
            earlier=others[0] if others else None,
            labels=labels,
            smallest=self._smallest_count if discloses(by.role) else None,
            budgets=self._budgets,
            folder=self._folder,
            entered=areas,
        )
        try:
            await finish_run(
                self._client,
                asked.id,
                epoch=snapshot.epoch,
                revision=snapshot.revision,
                result=result,
                labels=() if found is None else _labelled(snapshot, found),
                people=sorted(
                    {person for day in (snapshot, *others) for person in day.records_of_people}
                ),
                until=min(
                    (day.agreed_until for day in (snapshot, *others) if day.agreed_until),
                    default=None,
                ),
            )
        except RunOutdated:
            return False
        return True

    async def _areas(self) -> list[Entered]:
        reader = Reader(self._client, EVERYTHING)
        found: list[Entered] = []
        while page := await reader.page_of_areas(
            AreaFilters(), after=found[-1].id if found else "", limit=1_000
        ):
            found += [
                Entered(
                    area.id,
                    area.parent,
                    area.area_kind == "place",
                    area.population,
                    area.mapped_share,
                )
                for area in page
            ]
        return found


def _labelled(snapshot: Snapshot, labels: NDArray[np.int32]) -> Iterator[tuple[str, int]]:
    """Yield the nodes that are in a community, by id, each with its label."""
    return ((snapshot.ids[place], int(labels[place])) for place in labels.nonzero()[0].tolist())
