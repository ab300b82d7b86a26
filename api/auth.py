"""Who may ask: a JSON Web Token that we signed, or that the configured issuer did (JWKS)."""

import asyncio
import logging
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jwt import PyJWKClient

from scrapersky.config import Config
from scrapersky.db import tokens
from scrapersky.tokens import ALGORITHM, secret

logger = logging.getLogger(__name__)

FOREIGN_ALGORITHMS = ["RS256", "ES256"]
LEEWAY = 30
"""Seconds by which clocks may differ."""

_bearer = HTTPBearer(auto_error=False, description="`scrapersky token` makes one.")


class Verifier:
    """Tells good tokens from bad ones."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._secret = secret(config)
        # Its keys are kept for five minutes; what it does not know is asked for once more.
        self._keys = (
            PyJWKClient(config.jwks_url, cache_keys=True, lifespan=300, timeout=10)
            if config.jwks_url
            else None
        )

    async def claims(self, token: str) -> dict[str, Any]:
        """What a token says.

        Raises:
            jwt.InvalidTokenError: it does not count.
            jwt.PyJWKClientError: the issuer's keys cannot be had.
        """
        algorithm = jwt.get_unverified_header(token).get("alg")
        if algorithm == ALGORITHM and self._secret is not None:
            return self._decode(token, self._secret, [ALGORITHM])
        if algorithm in FOREIGN_ALGORITHMS and self._keys is not None:
            key = await asyncio.to_thread(self._keys.get_signing_key_from_jwt, token)
            return self._decode(token, key.key, FOREIGN_ALGORITHMS)
        raise jwt.InvalidAlgorithmError(f"Tokens signed by {algorithm} are not taken here")

    def _decode(self, token: str, key: Any, algorithms: list[str]) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            issuer=self._config.jwt_issuer,
            audience=self._config.jwt_audience,
            leeway=LEEWAY,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return claims


async def authenticated(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """The subject of the request's token. Every route but health depends on this."""
    if credentials is None:
        raise _refused("There is no token: send `Authorization: Bearer TOKEN`.")
    try:
        claims = await request.app.state.verifier.claims(credentials.credentials)
    except jwt.PyJWKClientConnectionError as error:
        logger.warning("The issuer's keys cannot be had: %s", error)
        raise HTTPException(503, "The issuer's keys cannot be had now. Try again later.") from error
    except (jwt.InvalidTokenError, jwt.PyJWKClientError, ValueError) as error:
        raise _refused(f"The token does not count: {error}.") from error
    if "jti" in claims and await _is_revoked(request, claims):
        raise _refused("The token was revoked.")
    return str(claims["sub"])


async def _is_revoked(request: Request, claims: dict[str, Any]) -> bool:
    try:
        token_id = UUID(str(claims["jti"]))
    except ValueError:
        return False  # somebody else's: ours are UUIDs
    async with request.app.state.sessions() as session:
        return await tokens.is_revoked(session, token_id)


def _refused(detail: str) -> HTTPException:
    return HTTPException(401, detail, headers={"WWW-Authenticate": "Bearer"})


Subject = Annotated[str, Depends(authenticated)]
