"""An answer that is complete before anybody asks for it."""

import gzip as gzip_format
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus


@dataclass(frozen=True)
class Response:
    """A status, headers and a body. Content-Length is added unless the headers say it."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def wire(self) -> bytes:
        """The bytes that are sent, made once."""
        return self.head(len(self.body)) + self.body

    def head(self, length: int) -> bytes:
        """Status line and headers of an answer that claims a body of `length` bytes."""
        fields = {"Content-Length": str(length), **self.headers}
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}"]
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def page(
    html: str,
    *,
    charset: str = "utf-8",
    declared: str | None = None,
    gzip: bool = False,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An HTML page; characters that the charset lacks become references.

    What Content-Type claims is `declared`, if it is not the charset; "" claims nothing.
    """
    claim = charset if declared is None else declared
    fields = {"Content-Type": f"text/html; charset={claim}" if claim else "text/html"}
    body = html.encode(charset, "xmlcharrefreplace")
    if gzip:
        fields["Content-Encoding"] = "gzip"
        body = gzip_format.compress(body, mtime=0)
    return Response(status, {**fields, **(headers or {})}, body)


def text(body: str, *, media_type: str = "text/plain", status: int = 200) -> Response:
    """A text in UTF-8: robots.txt, a sitemap, JSON."""
    return Response(status, {"Content-Type": f"{media_type}; charset=utf-8"}, body.encode())


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unheard Of"


NOT_FOUND = page(
    "<!doctype html><title>404</title><h1>Not here</h1><p>Perhaps it never was.", status=404
)
