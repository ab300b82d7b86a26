"""A client that shows what is on the wire, as http.client, ssl and sockets see it."""

import http.client
import socket
import ssl
from collections.abc import Mapping

from scrapersky.demo.server import DemoServerThread

TIMEOUT = 5.0


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Answered:
    """A complete answer."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


def get(
    server: DemoServerThread,
    host: str,
    path: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> Answered:
    connection = http.client.HTTPConnection(server.host, server.http_port, timeout=TIMEOUT)
    try:
        connection.request(method, path, headers={"Host": host, **(headers or {})})
        return Answered(connection.getresponse())
    finally:
        connection.close()


def opened(server: DemoServerThread, request: str) -> socket.socket:
    """A plain connection on which a request was sent."""
    raw = socket.create_connection((server.host, server.http_port), timeout=TIMEOUT)
    raw.sendall(request.encode())
    return raw


def asked(server: DemoServerThread, host: str, path: str = "/") -> socket.socket:
    return opened(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")


def everything(raw: socket.socket) -> bytes:
    """What arrives until the server ends the connection in good order."""
    received = b""
    while data := raw.recv(65_536):
        received += data
    return received


def over_tls(server: DemoServerThread, host: str, *, port: int = 0) -> bytes:
    """The answer of a host's https side, as it came."""
    with (
        socket.create_connection((server.host, port or server.https_port), timeout=TIMEOUT) as raw,
        unverified().wrap_socket(raw, server_hostname=host) as secure,
    ):
        secure.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return everything(secure)
