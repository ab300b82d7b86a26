"""From exceptions to codes."""

import errno
import zlib
from typing import Any

import pytest
from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet import error
from twisted.python import failure
from twisted.web import _newclient

from scrapersky.crawl.failures import SiteError, WorkerFaultError, site_error
from scrapersky.outcomes import OUTCOMES, ErrorCode

# Twisted's exceptions are not typed.
tx: Any = error
web: Any = _newclient
tx_failure: Any = failure.Failure


def failed(*reasons: Exception) -> DownloadFailedError:
    """As Scrapy wraps what Twisted wraps."""
    error = DownloadFailedError("failed")
    error.__cause__ = web.ResponseFailed([tx_failure(reason) for reason in reasons])
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DownloadTimeoutError("x"), "timeout"),
        (tx.TCPTimedOutError(errno.ETIMEDOUT, "x"), "timeout"),
        (DownloadConnectionRefusedError("x"), "refused"),
        (CannotResolveHostError("x"), "dns"),
        (DownloadCancelledError("x"), "too_large"),
        (IgnoreRequest("decompression"), "too_large"),
        (ResponseDataLossError("x"), "connection_lost"),
        (failed(SSL.Error([("SSL routines", "", "unsupported protocol")])), "tls"),
        (failed(tx.ConnectionLost("x")), "connection_lost"),
        (failed(tx.ConnectionDone("x")), "connection_lost"),
        (failed(web.ParseError("x", b"")), "bad_response"),
        (tx.NoRouteError(errno.ENETUNREACH, "x"), "unreachable"),
        (zlib.error("x"), "bad_encoding"),
        (EOFError("x"), "bad_encoding"),
        (OSError("Not a gzipped file"), "bad_encoding"),
        (TimeoutError(), "time_limit"),
        (KeyError("x"), "internal"),
        (SiteError(ErrorCode.PARKED), "parked"),
    ],
)
def test_each_has_its_code(error: Exception, code: str) -> None:
    found = site_error(error)
    assert found.code == code
    assert found.message.startswith(OUTCOMES[found.code].meaning) or code == "internal"


def test_what_openssl_said_is_told() -> None:
    error = failed(SSL.Error([("SSL routines", "", "unsupported protocol")]))
    assert "(unsupported protocol)" in site_error(error).message


@pytest.mark.parametrize(
    "error",
    [OSError(errno.EMFILE, "Too many open files"), tx.ConnectBindError(errno.EMFILE, "x")],
)
def test_running_out_of_files_is_no_sites_fault(error: Exception) -> None:
    with pytest.raises(WorkerFaultError):
        site_error(error)


def test_every_code_is_explained() -> None:
    assert set(OUTCOMES) == set(ErrorCode)
    assert all(outcome.meaning.endswith((".", ").")) for outcome in OUTCOMES.values())
