"""The API, as the commands ask it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx2

from scrapersky.config import Config
from scrapersky.errors import InputError, NoSuchJobError, ScraperSkyError
from scrapersky.tokens import make

TIMEOUT = httpx2.Timeout(60.0, connect=5.0)
"""Seconds. A long list takes as long as its way over the network."""
STREAM_SILENCE = 30.0
"""Seconds without a word, not even a comment, after which a stream counts as broken."""


class ApiError(ScraperSkyError):
    """The API cannot be reached, or does not do what it was asked for."""


class ApiClient:
    """A client with a token."""

    def __init__(self, config: Config) -> None:
        self._url = config.api_url.rstrip("/")
        token = config.api_token
        if token is None:
            token, _ = make(config, subject="command", lifetime=timedelta(hours=12))
        try:
            self._http = httpx2.Client(
                base_url=f"{self._url}/api/v3",
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT,
            )
        except httpx2.InvalidURL as error:
            raise InputError(f"SCRAPERSKY_API_URL={self._url!r} is no URL: {error}.") from None

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON.

        Raises:
            ApiError: there is none.
            InputError: what was asked for cannot be done.
        """
        try:
            answer = self._http.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from None
        _check(answer)
        return answer.json()

    @contextmanager
    def stream(self, path: str, **params: Any) -> Iterator[httpx2.Response]:
        """An answer that comes in pieces.

        Raises:
            ApiError: there is none, or it broke off.
            InputError: what was asked for cannot be done.
        """
        timeout = httpx2.Timeout(STREAM_SILENCE, connect=5.0)
        try:
            with self._http.stream("GET", path, params=params, timeout=timeout) as answer:
                if answer.status_code >= 400:
                    answer.read()
                _check(answer)
                yield answer
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> ApiError:
        reason = " ".join(str(error).split()) or type(error).__name__
        return ApiError(
            f"The API at {self._url} cannot be reached: {reason}. Start it with `scrapersky up`,"
            " or set SCRAPERSKY_API_URL."
        )


def _check(answer: httpx2.Response) -> None:
    if answer.status_code < 400:
        return
    try:
        detail = str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        detail = answer.text[:300]
    if answer.status_code == 401:
        raise InputError(f"{detail} See SCRAPERSKY_API_TOKEN and SCRAPERSKY_JWT_SECRET.")
    if answer.status_code == 404:
        raise NoSuchJobError(detail)
    if answer.status_code < 500:
        raise InputError(detail)
    raise ApiError(f"The API answers {answer.status_code}: {detail}")
