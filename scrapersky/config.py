"""The environment, read here and nowhere else."""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scrapersky.errors import ConfigError


def _blank_is_unset(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


OptionalText = Annotated[str | None, BeforeValidator(_blank_is_unset)]
OptionalPath = Annotated[Path | None, BeforeValidator(_blank_is_unset)]


class Config(BaseSettings):
    """What differs from one installation to the next. How to crawl stands in `settings.py`."""

    model_config = SettingsConfigDict(env_prefix="SCRAPERSKY_", extra="ignore", frozen=True)

    database_url: OptionalText = Field(
        default=None, validation_alias=AliasChoices("DATABASE_URL", "SCRAPERSKY_DATABASE_URL")
    )
    """`postgresql://…`; libpq's parameters (sslmode, sslrootcert, …) are passed on. Unset: an
    embedded server under `home`."""

    database_pool_size: int = Field(default=4, ge=1, le=100)
    """Connections a process keeps to the database, at most."""

    database_outage_limit: float = Field(default=300.0, ge=0)
    """Seconds for which a crawl waits for a database that went away before it stops."""

    redis_url: OptionalText = Field(
        default=None, validation_alias=AliasChoices("REDIS_URL", "SCRAPERSKY_REDIS_URL")
    )
    """`redis://…`, `rediss://…` or `unix://…`. Set: any number of workers crawl a job together."""

    redis_outage_limit: float = Field(default=300.0, ge=0)
    """Seconds for which a crawl waits for a Redis that went away before it stops."""

    home: Path = Path(".scrapersky")
    """Where the embedded database lives."""

    connect_to: str = ""
    """`HOST:PORT=ADDRESS:PORT,…`: where to connect instead, as curl's --connect-to. For tests and
    staging; `*.test:80=127.0.0.1:8080`."""

    log_format: Literal["text", "json"] = "text"
    """json: one object a line, with the job's id and, where there is one, the domain."""

    technology_rules: OptionalPath = None
    """A directory of JSON files with technology rules of one's own (docs/technology.md)."""

    user_agent: OptionalText = None
    """How the crawler names itself. Put an address in it at which site owners reach you."""

    environment: Literal["development", "production"] = "development"
    """production: nothing is made up, neither a secret nor a token."""

    jwt_secret: OptionalText = None
    """Signs and checks tokens (HS256). Development: made at the first need, kept in `home`."""

    jwks_url: OptionalText = None
    """`https://…/jwks.json`: tokens that somebody else signs by RS256 or ES256 are taken too."""

    jwt_issuer: str = Field(default="scrapersky", min_length=1)
    """What a token must have as `iss`."""

    jwt_audience: str = Field(default="scrapersky", min_length=1)
    """What a token must have as, or in, `aud`."""

    nodes: str = "http://127.0.0.1:6800"
    """The Scrapyd nodes: URLs with user and password where they want them, parted by commas."""

    worker_memory: int = Field(default=0, ge=0)
    """Megabytes that a worker on a node may use before it makes room for another. 0: no limit."""

    worker_losses: int = Field(default=5, ge=0, le=100)
    """Workers that a job may lose in a row without progress before it fails."""

    worker_backoff: float = Field(default=5.0, ge=0)
    """Seconds until a job that lost a worker gets another one; doubled for each in a row."""

    stop_grace: float = Field(default=30.0, ge=0)
    """Seconds for which a worker that is to stop may end what it has begun, before SIGKILL."""

    webhook_secret: OptionalText = None
    """Signs webhooks. Unset: a key made from `jwt_secret`."""

    webhook_private: bool = False
    """Whether webhooks may lead to private addresses."""

    api_url: str = "http://127.0.0.1:8000"
    """Where the commands that speak to the API find it."""

    api_token: OptionalText = None
    """The token that they show there. Unset: one made with the secret that is at hand."""


@cache
def get_config() -> Config:
    """The process's configuration.

    Raises:
        ConfigError: a variable has a value that cannot be used.
    """
    try:
        return Config()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        name = name if name in {"DATABASE_URL", "REDIS_URL"} else f"SCRAPERSKY_{name}"
        raise ConfigError(f"{name}={first['input']!r} cannot be used: {first['msg']}.") from error
