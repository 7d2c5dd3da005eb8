"""Speaking to a service over HTTP: the one of the data folder, one elsewhere, or one of our own."""

from __future__ import annotations

import json
import logging
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from service.cli.exits import ExitCode, Failed, code_of_status, fault_lines
from service.settings import ADDRESS_FILE, OPERATOR_KEY_FILE, Elsewhere, Settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_Settings = TypeVar("_Settings", bound=BaseSettings)

_TIMEOUT: Final = httpx.Timeout(120, connect=10)
_PROBE_SECONDS: Final = 3.0


class Api:
    """The API of a service, whose refusals are failures of the command."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.url = str(client.base_url).rstrip("/")

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """Return the JSON of an answer."""
        return self.answer(method, path, **request).json()

    def answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Return an answer that is not an error."""
        response = self.client.request(method, path, **request)
        if response.is_error:
            raise refusal(response)
        return response

    @contextmanager
    def stream(self, method: str, path: str, **request: Any) -> Generator[httpx.Response]:
        """Yield an answer that is not an error, before its body."""
        with self.client.stream(method, path, **request) as response:
            if response.is_error:
                response.read()
                raise refusal(response)
            yield response

    def follow(self, job: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield a job whenever it has moved, the last time when it has ended."""
        while job["finished_at"] is None:
            with self.stream("GET", f"/v1/jobs/{job['id']}/events") as events:
                for line in events.iter_lines():
                    if line.startswith("data: "):
                        job = json.loads(line.removeprefix("data: "))
                        yield job

    def names(self, ids: list[str]) -> dict[str, str]:
        """Return the names of some nodes: of those that there are and the key may see."""
        found: dict[str, str] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), 100):
            asked = {"ids": wanted[start : start + 100]}
            response = self.client.post("/v1/nodes/get", json=asked)
            if response.status_code == HTTPStatus.FORBIDDEN:
                return {}
            if response.is_error:
                raise refusal(response)
            found |= {node["id"]: node["name"] for node in response.json()["items"]}
        return found


def refusal(response: httpx.Response) -> Failed:
    """Return an error of the API as a failure of the command."""
    code = code_of_status(response.status_code)
    try:
        problem = response.json()
        return Failed(code, str(problem["detail"]), fault_lines(problem))
    except (ValueError, LookupError, TypeError, AttributeError):
        where = response.url.copy_with(query=None)
        return Failed(code, f"{where} answered {response.status_code}, and not as Wholemap does")


def settings_of(kind: type[_Settings], **told: Any) -> _Settings:
    """Return settings from the environment and what the command line adds.

    Raises
    ------
    Failed
        When a value is wrong.
    """
    try:
        return kind(**{name: value for name, value in told.items() if value is not None})
    except ValidationError as error:
        lines = [_wrong(fault["loc"], fault["msg"]) for fault in error.errors()]
        raise Failed(ExitCode.USAGE, f"wrong setting: {lines[0]}", lines[1:]) from error


def _wrong(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"WHOLEMAP_{str(place[0]).upper()}: {said}" if place else said


@contextmanager
def spoken_to(url: str | None, key: str | None) -> Generator[Api]:
    """Yield the API of the service that a command is to speak to.

    It is the one at `url` or WHOLEMAP_URL; or the one that runs on the data folder; or, if none
    runs, one that this process opens on the data folder and closes in the end.

    Raises
    ------
    Failed
        When none can be reached or started.
    """
    elsewhere = settings_of(Elsewhere, url=url, key=key)
    own_key = elsewhere.key.get_secret_value() if elsewhere.key else None
    with ExitStack() as opened:
        if elsewhere.url is not None and own_key is not None:
            client = _client(elsewhere.url, own_key, trust_env=True)
        else:
            settings = settings_of(Settings)
            address, operator = running_on(settings) or opened.enter_context(_own(settings))
            client = _client(address, own_key or operator, trust_env=False)
        opened.enter_context(client)
        try:
            yield Api(client)
        except httpx.TransportError as error:
            raise Failed(ExitCode.NO_SERVICE, f"cannot reach {client.base_url}: {error}") from error


def running_on(settings: Settings) -> tuple[str, str] | None:
    """Return URL and operator's key of the service that runs on the data folder, if one answers."""
    try:
        url = (settings.data_dir / ADDRESS_FILE).read_text().strip()
        operator = (settings.data_dir / OPERATOR_KEY_FILE).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise Failed(ExitCode.DENIED, f"{settings.data_dir} may not be read") from error
    try:
        # The address may be an old one, and another program's by now: it gets no key.
        alive = httpx.get(f"{url}/livez", timeout=_PROBE_SECONDS, trust_env=False)
        if alive.is_error or alive.json() != {"status": "ok"}:
            return None
        with _client(url, operator, trust_env=False) as client:
            known = client.get("/version", timeout=_PROBE_SECONDS)
    except (httpx.TransportError, httpx.InvalidURL, ValueError):
        return None
    return None if known.status_code == HTTPStatus.UNAUTHORIZED else (url, operator)


@contextmanager
def _own(settings: Settings) -> Generator[tuple[str, str]]:
    # These two load the whole service, which takes seconds.
    from service.cli.own_service import own_service
    from service.log import log_as_json

    log_as_json(logging.ERROR)
    with own_service(settings.model_copy(update={"host": "127.0.0.1", "port": 0})) as opened:
        yield opened


def _client(url: str, key: str, *, trust_env: bool) -> httpx.Client:
    # No proxy stands between this machine and itself.
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT, trust_env=trust_env)
