"""The settings: the only place that reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.engines.addresses import Engine

if TYPE_CHECKING:
    from graph.store.retention import Periods

ADDRESS_FILE: Final = "service.address"
"""Says in the data folder where the service listens, for the command line."""

OPERATOR_KEY_FILE: Final = "operator.key"
"""Holds in the data folder the key of whoever may read it."""

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("must be a time zone of the IANA database, such as Europe/London")
    return name


def _check_scheme(name: str, uri: str) -> None:
    if urlsplit(uri).scheme not in _SCHEMES:
        raise ValueError(f"{name} must begin with one of {', '.join(_SCHEMES)}")


class Settings(BaseSettings):
    """What a service can be told, each as `WHOLEMAP_<NAME>` in the environment.

    Every setting has its heading in `docs/settings.md`.
    """

    model_config = SettingsConfigDict(env_prefix="WHOLEMAP_", frozen=True, extra="ignore")

    data_dir: Path = Path("wholemap-data")
    bolt_uri: str | None = None
    bolt_user: str = "neo4j"
    bolt_password: SecretStr | None = None
    bolt_database: str = "neo4j"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Europe/London"
    budget_seconds: Annotated[float, Field(gt=0, le=600)] = 20.0
    body_bytes: Annotated[int, Field(ge=1024)] = 1 << 20
    waiting_jobs: Annotated[int, Field(ge=1, le=10_000)] = 50
    report_seconds: Annotated[int, Field(ge=1)] = 3600
    keep_jobs_days: Annotated[int, Field(ge=1, le=36_500)] | None = 90
    keep_runs_days: Annotated[int, Field(ge=1, le=36_500)] | None = 365
    keep_ended_ties_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    keep_inactive_people_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    retention_notice_days: Annotated[int, Field(ge=1, le=365)] = 7
    erased_days: Annotated[int, Field(ge=0, le=36_500)] = 30
    backup_dir: Path | None = None
    backup_days: Annotated[int, Field(ge=1, le=36_500)] = 30

    @model_validator(mode="after")
    def _server_is_told_whole(self) -> Self:
        if self.bolt_uri is None:
            return self
        _check_scheme("WHOLEMAP_BOLT_URI", self.bolt_uri)
        if self.bolt_password is None:
            raise ValueError("WHOLEMAP_BOLT_URI needs WHOLEMAP_BOLT_PASSWORD")
        return self

    @property
    def engine(self) -> Engine | None:
        """The address of the server; null for the embedded engine."""
        if self.bolt_uri is None or self.bolt_password is None:
            return None
        return Engine(
            uri=self.bolt_uri,
            user=self.bolt_user,
            password=self.bolt_password.get_secret_value(),
            database=self.bolt_database,
        )

    @property
    def kept_days(self) -> Periods:
        """How many days each class of records is kept; null for good."""
        return {
            "jobs": self.keep_jobs_days,
            "runs": self.keep_runs_days,
            "ended_ties": self.keep_ended_ties_days,
            "inactive_people": self.keep_inactive_people_days,
        }

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone: its days begin and end here."""
        return ZoneInfo(self.timezone)


class Into(BaseSettings):
    """The empty server that `wholemap compact` writes into, where the store is on one."""

    model_config = SettingsConfigDict(env_prefix="WHOLEMAP_", frozen=True, extra="ignore")

    into_bolt_uri: str | None = None
    into_bolt_user: str = "neo4j"
    into_bolt_password: SecretStr | None = None
    into_bolt_database: str = "neo4j"

    @model_validator(mode="after")
    def _server_is_told_whole(self) -> Self:
        if self.into_bolt_uri is None:
            return self
        _check_scheme("WHOLEMAP_INTO_BOLT_URI", self.into_bolt_uri)
        if self.into_bolt_password is None:
            raise ValueError("WHOLEMAP_INTO_BOLT_URI needs WHOLEMAP_INTO_BOLT_PASSWORD")
        return self

    @property
    def engine(self) -> Engine | None:
        """The address of the server; null where none is said."""
        if self.into_bolt_uri is None or self.into_bolt_password is None:
            return None
        return Engine(
            uri=self.into_bolt_uri,
            user=self.into_bolt_user,
            password=self.into_bolt_password.get_secret_value(),
            database=self.into_bolt_database,
        )


class Elsewhere(BaseSettings):
    """Where the command line finds a service, if not in the data folder.

    A key without an address is used with the service of the data folder.
    """

    model_config = SettingsConfigDict(env_prefix="WHOLEMAP_", frozen=True, extra="ignore")

    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")] | None = None
    key: SecretStr | None = None

    @model_validator(mode="after")
    def _an_address_wants_a_key(self) -> Self:
        if self.url is not None and self.key is None:
            raise ValueError("WHOLEMAP_URL needs WHOLEMAP_KEY (on the command line: --url, --key)")
        return self
