"""The settings: the only place that reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graph.audit.entries import KEPT_FOR_A_TIME
from graph.engines.addresses import Engine
from graph.policy import Role

if TYPE_CHECKING:
    from graph.store.retention import Periods

ADDRESS_FILE: Final = "service.address"
"""Says in the data folder where the service listens, for the command line."""

OPERATOR_KEY_FILE: Final = "operator.key"
"""Holds in the data folder the key of whoever may read it."""

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""The algorithms that a token may be signed with: asymmetric ones, no others."""

Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+$")]
"""Scheme, host and port of a site, as browsers name it; never all of them."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
AUDIT_FOLDER: Final = "audit"
"""Holds in the data folder the chains of the audit."""

Days = Annotated[int, Field(ge=1, le=36_500)]

_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _words(said: object) -> object:
    """Return words with commas between them as a list; of an empty text, none."""
    if not isinstance(said, str):
        return said
    return [word.strip() for word in said.split(",")] if said.strip() else []


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
    reports_at_once: Annotated[int, Field(ge=1, le=64)] = 1
    report_seconds: Annotated[float, Field(gt=0)] = 3600.0
    report_megabytes: Annotated[int, Field(ge=1)] = 4096
    smallest_count: Annotated[int, Field(ge=3, le=1000)] = 8
    behind_tls: bool = False
    cors_origins: Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_words)] = ()
    failures_of_key: Annotated[int, Field(ge=1)] = 10
    failures_of_address: Annotated[int, Field(ge=1)] = 60
    oidc_issuer: Annotated[str, Field(min_length=1)] | None = None
    oidc_audience: Annotated[str, Field(min_length=1)] | None = None
    oidc_jwks: Annotated[str, Field(min_length=1)] | None = None
    oidc_algorithms: Annotated[
        tuple[Algorithm, ...], NoDecode, BeforeValidator(_words), Field(min_length=1)
    ] = ("RS256", "ES256")
    oidc_role_claim: Annotated[str, Field(min_length=1)] = "wholemap_role"
    oidc_organisation_claim: Annotated[str, Field(min_length=1)] = "wholemap_organisation"
    oidc_person_claim: Annotated[str, Field(min_length=1)] = "wholemap_person"
    oidc_roles: dict[str, Role] | None = None
    oidc_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    oidc_kept_seconds: Annotated[int, Field(ge=1, le=86_400)] = 600
    oidc_pause_seconds: Annotated[float, Field(ge=0.1, le=3600)] = 30.0
    audit_key: Path | None = None
    audit_read_days: Days = 730
    audit_write_days: Days = 2190
    audit_export_days: Days = 2190
    audit_report_days: Days = 730
    audit_key_days: Days = 2190
    audit_refusal_days: Days = 365
    audit_audit_days: Days = 2190
    keep_jobs_days: Annotated[int, Field(ge=1, le=36_500)] | None = 90
    keep_runs_days: Annotated[int, Field(ge=1, le=36_500)] | None = 365
    keep_ended_ties_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    keep_inactive_people_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    placeholder_days: Days = 90
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

    @model_validator(mode="after")
    def _issuer_is_told_whole(self) -> Self:
        told = (self.oidc_issuer, self.oidc_audience, self.oidc_jwks)
        if any(told) and not all(told):
            raise ValueError(
                "WHOLEMAP_OIDC_ISSUER, WHOLEMAP_OIDC_AUDIENCE and WHOLEMAP_OIDC_JWKS "
                "are set together, or none of them"
            )
        where = urlsplit(self.oidc_jwks or "")
        if where.scheme == "http" and where.hostname not in _LOOPBACK:
            raise ValueError("WHOLEMAP_OIDC_JWKS is a file, or an address that begins with https:")
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
    def audit_days(self) -> dict[str, int]:
        """How long each class of the audit is kept."""
        return {class_: getattr(self, f"audit_{class_}_days") for class_ in KEPT_FOR_A_TIME}

    @property
    def kept_days(self) -> Periods:
        """How many days each class of records is kept; null for good."""
        return {
            "jobs": self.keep_jobs_days,
            "runs": self.keep_runs_days,
            "ended_ties": self.keep_ended_ties_days,
            "inactive_people": self.keep_inactive_people_days,
            "placeholders": self.placeholder_days,
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
        # An empty one is none: the command would answer from another service without a word.
        if self.url is not None and not self.key:
            raise ValueError("WHOLEMAP_URL needs WHOLEMAP_KEY (on the command line: --url, --key)")
        return self
