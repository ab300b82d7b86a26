"""One file from the web, for a command: without Scrapy, with the same guard over addresses."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from urllib.parse import urljoin, urlsplit

from scrapersky.config import get_config
from scrapersky.errors import InputError
from scrapersky.extract.urls import absolute_url
from scrapersky.net.addresses import is_public
from scrapersky.net.connect_to import ConnectTo

SECONDS = 120.0
"""For all of it, redirects included."""
IDLE_SECONDS = 20.0
REDIRECTS = 5
CHUNK = 64 * 1024
USER_AGENT = "ScraperSky"


def fetch(url: str, *, seconds: float = SECONDS) -> Iterator[bytes]:
    """The body, by chunks, as the server sends it.

    Only addresses on the public internet are connected to, and those that SCRAPERSKY_CONNECT_TO
    names. The caller stops taking chunks when it has enough.

    Raises:
        InputError: it cannot be had; the message says why.
    """
    deadline = time.monotonic() + seconds
    connect_to = ConnectTo.parse(get_config().connect_to)
    target = absolute_url("", url)
    for _ in range(REDIRECTS + 1):
        if target is None:
            raise InputError(f"{url} cannot be fetched: it is, or leads to, no http(s) URL.")
        try:
            with closing(_Connection(target, connect_to, deadline)) as connection:
                response = connection.get()
                if response.status // 100 == 3 and (location := response.getheader("Location")):
                    target = absolute_url(target, urljoin(target, location))
                    continue
                if response.status != 200:
                    raise InputError(f"{url} cannot be fetched: status {response.status}.")
                yield from connection.body(response)
                return
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            reason = str(error) or type(error).__name__
            raise InputError(f"{url} cannot be fetched: {reason}.") from error
    raise InputError(f"{url} cannot be fetched: more than {REDIRECTS} redirects.")


class _Connection:
    def __init__(self, url: str, connect_to: ConnectTo, deadline: float) -> None:
        parts = urlsplit(url)
        self._deadline = deadline
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.hostname or ""
        is_tls = parts.scheme == "https"
        port = parts.port or (443 if is_tls else 80)
        address = _address(host, port, connect_to)
        self._client = http.client.HTTPConnection(host, port)
        # The very address that was looked at: a second look-up might give another.
        plain = socket.create_connection(address, timeout=self._patience())
        # What comes drop by drop never runs into the socket's own time limit.
        self._watch = threading.Timer(self._left(), _shut, [plain])
        self._watch.daemon = True
        self._watch.start()
        self._socket = _context().wrap_socket(plain, server_hostname=host) if is_tls else plain
        self._client.sock = self._socket
        self._host = host if ":" not in host else f"[{host}]"
        if parts.port is not None:
            self._host += f":{port}"

    def get(self) -> http.client.HTTPResponse:
        self._client.putrequest("GET", self._path, skip_host=True, skip_accept_encoding=True)
        self._client.putheader("Host", self._host)
        self._client.putheader("User-Agent", get_config().user_agent or USER_AGENT)
        self._client.putheader("Accept", "*/*")
        self._client.endheaders()
        return self._client.getresponse()

    def body(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        self._socket.settimeout(self._patience())
        while chunk := response.read1(CHUNK):
            yield chunk
            self._socket.settimeout(self._patience())

    def close(self) -> None:
        self._watch.cancel()
        self._client.close()

    def _patience(self) -> float:
        return min(self._left(), IDLE_SECONDS)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("it took too long")
        return left


def _shut(plain: socket.socket) -> None:
    with suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


def _context() -> ssl.SSLContext:
    # As in a crawl: who trusts a site's certificate is not the question, what it publishes is.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _address(host: str, port: int, connect_to: ConnectTo) -> tuple[str, int]:
    if ruled := connect_to.lookup(host, port):
        return ruled
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in answers:
        if is_public(str(address[0])):
            return str(address[0]), port
    raise OSError(f"{host} has no address on the public internet")
