"""From what goes wrong to the one list of error codes."""

import errno
import zlib
from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet import error as tx
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed

from scrapersky.net.resolver import installed_resolver
from scrapersky.outcomes import OUTCOMES, ErrorCode

# What a process, not a site, runs out of.
_WORKER_ERRNOS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL})


class SiteError(IgnoreRequest):
    """A site's fault, or its wish: the end of an attempt at it.

    An `IgnoreRequest`, so that Scrapy passes it on to the spider without a traceback in the log.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str | None = None,
        *,
        http_status: int | None = None,
        final_url: str | None = None,
    ) -> None:
        super().__init__(message or OUTCOMES[code].meaning)
        self.code = code
        self.message = message or OUTCOMES[code].meaning
        self.http_status = http_status
        self.final_url = final_url


class WorkerFaultError(Exception):
    """This process is out of something; no site is to blame for it."""


# The first that fits counts, so the particular stand before the general.
_BY_TYPE: tuple[tuple[type[BaseException], ErrorCode], ...] = (
    (DownloadTimeoutError, ErrorCode.TIMEOUT),
    (tx.TimeoutError, ErrorCode.TIMEOUT),
    (tx.TCPTimedOutError, ErrorCode.TIMEOUT),
    (TimeoutError, ErrorCode.TIME_LIMIT),
    (DownloadConnectionRefusedError, ErrorCode.REFUSED),
    (tx.ConnectionRefusedError, ErrorCode.REFUSED),
    (CannotResolveHostError, ErrorCode.DNS),
    (DownloadCancelledError, ErrorCode.TOO_LARGE),
    (SSL.Error, ErrorCode.TLS),
    (tx.SSLError, ErrorCode.TLS),
    (tx.VerifyError, ErrorCode.TLS),
    (ParseError, ErrorCode.BAD_RESPONSE),
    (UnsupportedURLSchemeError, ErrorCode.BAD_REDIRECT),
    (ResponseDataLossError, ErrorCode.CONNECTION_LOST),
    (tx.ConnectionLost, ErrorCode.CONNECTION_LOST),
    (tx.ConnectionDone, ErrorCode.CONNECTION_LOST),
    (tx.ConnectionAborted, ErrorCode.CONNECTION_LOST),
    (tx.NoRouteError, ErrorCode.UNREACHABLE),
    (tx.ConnectError, ErrorCode.UNREACHABLE),
    (zlib.error, ErrorCode.BAD_ENCODING),
    (EOFError, ErrorCode.BAD_ENCODING),
)


def site_error(error: BaseException, host: str | None = None) -> SiteError:
    """What an exception of a download means for the domain.

    Args:
        error: the exception.
        host: the one that was asked, where that is known: the resolver remembers why a name has no
            address, Twisted does not pass it on.

    Raises:
        WorkerFaultError: it is not the domain's fault at all.
    """
    if isinstance(error, SiteError):
        return error
    if isinstance(error, WorkerFaultError):
        raise error
    chain = list(_causes(error))
    for cause in chain:
        if getattr(cause, "osError", None) in _WORKER_ERRNOS or (
            isinstance(cause, OSError) and cause.errno in _WORKER_ERRNOS
        ):
            raise WorkerFaultError(str(cause)) from error
    for known, code in _BY_TYPE:
        for cause in chain:
            if isinstance(cause, known):
                actual = _dns_reason(host) if code == ErrorCode.DNS else code
                return SiteError(actual, _sentence(actual, cause))
    return _other(error)


def _other(error: BaseException) -> SiteError:
    if isinstance(error, IgnoreRequest):
        # The only one left that is not ours: Scrapy's guard against decompression bombs.
        return SiteError(ErrorCode.TOO_LARGE)
    if type(error).__module__ in {"brotli", "_brotli", "zstandard", "backports.zstd", "gzip"}:
        return SiteError(ErrorCode.BAD_ENCODING)
    if isinstance(error, OSError):
        return SiteError(ErrorCode.BAD_ENCODING)  # gzip.BadGzipFile and its like
    return SiteError(ErrorCode.INTERNAL, f"{type(error).__name__}: {error}"[:500])


def _dns_reason(host: str | None) -> ErrorCode:
    resolver = installed_resolver()
    reason = resolver.failure(host) if resolver is not None and host is not None else None
    return reason or ErrorCode.DNS


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, and all that Twisted and Scrapy wrapped in it."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        current = todo.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        todo.append(current.__cause__)
        if isinstance(current, ResponseFailed):
            todo += [r.value for r in current.reasons if isinstance(r, Failure)]


def _sentence(code: ErrorCode, cause: BaseException) -> str:
    if isinstance(cause, SSL.Error):
        reasons = {part[-1] for part in (cause.args[0] if cause.args else ()) if part}
        detail = ", ".join(sorted(str(reason) for reason in reasons))
        return f"{OUTCOMES[code].meaning} ({detail})" if detail else OUTCOMES[code].meaning
    return OUTCOMES[code].meaning
