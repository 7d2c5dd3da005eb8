"""Long results, kept as numbered texts that each fit into one message of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from graph.store.client import Client

PAGE_CHARACTERS: Final = 500_000


def pages_of(text: str) -> Iterator[str]:
    """Cut a text into pages."""
    return (text[at : at + PAGE_CHARACTERS] for at in range(0, len(text), PAGE_CHARACTERS))


def page_key(owner: str, number: int) -> str:
    """Return the key of a page; keys sort as their pages do."""
    return f"{owner}:{number:08d}"


async def put_pages(client: Client, owner: str, text: str) -> int:
    """Keep a text; return the number of its pages."""
    count = 0
    for number, page in enumerate(pages_of(text)):
        key = page_key(owner, number)
        await client.write(lambda t, k=key, p=page: t.run("write/put_page", key=k, text=p))
        count = number + 1
    return count


async def kept_pages(client: Client, owner: str, count: int) -> AsyncIterator[str]:
    """Yield the text that was kept as so many pages, page by page."""
    for number in range(count):
        for row in await client.rows("read/pages", keys=[page_key(owner, number)]):
            yield row["text"]


async def text_of_pages(client: Client, owner: str, count: int) -> str:
    """Return the text that was kept as so many pages."""
    return "".join([page async for page in kept_pages(client, owner, count)])
