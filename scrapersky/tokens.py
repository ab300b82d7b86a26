"""JSON Web Tokens (RFC 7519): the secret behind them, and how one is made."""

import hmac
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jwt

from scrapersky.config import Config
from scrapersky.errors import ConfigError

ALGORITHM = "HS256"
SHORTEST_SECRET = 32
"""Bytes: as many as the hash has (RFC 7518, 3.2)."""
_PLACEHOLDERS = (
    "changeme",
    "change-me",
    "change_me",
    "your-",
    "your_",
    "yoursecret",
    "placeholder",
    "example",
    "insecure",
    "replace",
    "todo",
    "xxxx",
    "super-secret",
    "supersecret",
)


def secret(config: Config) -> str | None:
    """The secret that tokens are signed with; None where only others sign them (JWKS).

    Outside of production one is made at the first need, and kept for its owner alone.

    Raises:
        ConfigError: there is none in production, or it is none that protects anything.
    """
    if config.jwt_secret is not None:
        _check(config.jwt_secret)
        return config.jwt_secret
    if config.environment == "production":
        if config.jwks_url is not None:
            return None
        raise ConfigError(
            "SCRAPERSKY_JWT_SECRET is not set, and SCRAPERSKY_ENVIRONMENT is production: set it to"
            " 32 random bytes or more (`openssl rand -hex 32`), or set SCRAPERSKY_JWKS_URL."
        )
    return _kept(config.home / "jwt-secret")


def make(
    config: Config, *, subject: str, lifetime: timedelta, token_id: UUID | None = None
) -> tuple[str, datetime]:
    """A signed token, and when it ends.

    Args:
        config: issuer, audience, secret.
        subject: who shows it; a name for people, nothing follows from it.
        lifetime: for how long it counts.
        token_id: by which it can be revoked.

    Raises:
        ConfigError: there is no secret here to sign with.
    """
    key = secret(config)
    if key is None:
        raise ConfigError(
            "Tokens are signed by whoever serves SCRAPERSKY_JWKS_URL. To make some here as well,"
            " set SCRAPERSKY_JWT_SECRET."
        )
    now = datetime.now(UTC)
    ends = now + lifetime
    claims = {
        "iss": config.jwt_issuer,
        "aud": config.jwt_audience,
        "sub": subject,
        "iat": now,
        "exp": ends,
    }
    if token_id is not None:
        claims["jti"] = str(token_id)
    return jwt.encode(claims, key, algorithm=ALGORITHM), ends


def webhook_key(config: Config) -> bytes:
    """What webhooks are signed with.

    Raises:
        ConfigError: there is nothing to make one from.
    """
    if config.webhook_secret is not None:
        return config.webhook_secret.encode()
    key = secret(config)
    if key is None:
        raise ConfigError("SCRAPERSKY_WEBHOOK_SECRET is not set, so webhooks cannot be signed.")
    return hmac.digest(key.encode(), b"scrapersky webhooks", "sha256").hex().encode()


def _check(text: str) -> None:
    # The value itself is not shown: it may be nearly right.
    if len(text.encode()) < SHORTEST_SECRET:
        raise ConfigError(
            f"SCRAPERSKY_JWT_SECRET has {len(text.encode())} bytes and needs {SHORTEST_SECRET} or"
            " more: `openssl rand -hex 32` makes a good one."
        )
    is_placeholder = any(word in text.lower() for word in _PLACEHOLDERS)
    if is_placeholder or len(set(text)) < 8:
        raise ConfigError(
            "SCRAPERSKY_JWT_SECRET is a placeholder that anybody can guess: `openssl rand -hex 32`"
            " makes a good one."
        )


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text()


def _read(path: Path) -> str:
    text = path.read_text().strip()
    if len(text) < SHORTEST_SECRET:  # whoever made it was killed in between, or is at it now
        raise ConfigError(f"{path} has no secret in it: delete it, and a new one is made.")
    return text
