"""What was checked is what is connected to, whatever a name server says later."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from api import posting
from api.posting import Poster

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
"""Both are loopback: the tests have the first one taken for public."""


class Listener(ThreadingHTTPServer):
    """Remembers who asked for which host, and with which name in the handshake."""

    def __init__(self, address: str, port: int = 0) -> None:
        super().__init__((address, port), _Handler)
        self.hosts: list[str] = []
        self.names: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.hosts.append(self.headers["Host"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def servers() -> Iterator[tuple[Listener, Listener]]:
    """A public one and a private one, on the same port."""
    with ExitStack() as stack:
        public = stack.enter_context(Listener(PUBLIC))
        private = stack.enter_context(Listener(PRIVATE, public.server_port))
        for server in (public, private):
            Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        yield public, private


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """By name: the addresses of each answer in turn, the last one for ever."""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def resolve(host: Any, *args: Any, **options: Any) -> Any:
        told = answers.get(host if isinstance(host, str) else bytes(host or b"").decode())
        if told is None:
            return real(host, *args, **options)
        addresses = told.pop(0) if len(told) > 1 else told[0]
        return [entry for one in addresses for entry in real(one, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(posting, "is_public", lambda address: address == PUBLIC)
    return answers


async def post(url: str, poster: Poster | None = None, *, allow_private: bool = False) -> int:
    sender = poster or Poster()
    try:
        return await sender.post(url, b"{}", {}, allow_private=allow_private)
    finally:
        await sender.close()


async def test_a_name_that_changes_its_mind(
    servers: tuple[Listener, Listener], resolver: dict[str, list[list[str]]]
) -> None:
    public, private = servers
    resolver["hook.test"] = [[PUBLIC], [PRIVATE]]
    assert await post(f"http://hook.test:{public.server_port}/hook") == 204
    assert public.hosts == [f"hook.test:{public.server_port}"]
    assert private.hosts == []
    assert resolver["hook.test"] == [[PRIVATE]], "it was asked for once"
    with pytest.raises(ValueError, match="private"):
        await post(f"http://hook.test:{public.server_port}/hook")
    assert private.hosts == []


@pytest.mark.parametrize("addresses", [[PRIVATE], [PUBLIC, PRIVATE]], ids=["private", "one is"])
async def test_a_private_address(
    addresses: list[str],
    servers: tuple[Listener, Listener],
    resolver: dict[str, list[list[str]]],
) -> None:
    _, private = servers
    resolver["hook.test"] = [addresses]
    url = f"http://hook.test:{private.server_port}/"
    with pytest.raises(ValueError, match="private"):
        await post(url)
    assert private.hosts == []
    resolver["hook.test"] = [[PRIVATE]]
    assert await post(url, allow_private=True) == 204


async def test_the_next_address_where_one_takes_no_connection(
    servers: tuple[Listener, Listener], resolver: dict[str, list[list[str]]]
) -> None:
    public, _ = servers
    resolver["hook.test"] = [["127.0.0.3", PUBLIC]]
    url = f"http://hook.test:{public.server_port}/"
    assert await post(url, allow_private=True) == 204


@pytest.mark.parametrize(
    "url", ["http:///path", "http://", "http://[::1", "http://a.test:99999/", "http://no.invalid/"]
)
async def test_what_leads_nowhere(url: str) -> None:
    with pytest.raises((ValueError, OSError, httpx2.InvalidURL, httpx2.HTTPError)):
        await post(url)


async def test_the_certificate_is_checked_against_the_name(
    tmp_path: Path,
    servers: tuple[Listener, Listener],
    resolver: dict[str, list[list[str]]],
) -> None:
    public, _ = servers
    path = certificate(tmp_path, "hook.test", PUBLIC)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(path)
    served.sni_callback = lambda _, name, __: public.names.append(name)
    public.socket = served.wrap_socket(public.socket, server_side=True)
    resolver |= {"hook.test": [[PUBLIC]], "other.test": [[PUBLIC]]}
    trusting = ssl.create_default_context(cafile=str(path))
    assert await post(f"https://hook.test:{public.server_port}/", Poster(trusting)) == 204
    assert public.names == ["hook.test"]
    # The address is in the certificate, too: it is not what was asked for.
    with pytest.raises(httpx2.ConnectError, match=r"other\.test"):
        await post(f"https://other.test:{public.server_port}/", Poster(trusting))
    assert public.hosts == [f"hook.test:{public.server_port}"]


def certificate(folder: Path, name: str, address: str) -> Path:
    """A key, and what it signed for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a test")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address(address))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(pem))
    return path
