"""What a client asked for."""

from typing import NamedTuple

MAX_HEAD = 32_768
"""Bytes of request line and headers that are read at most."""


class Request(NamedTuple):
    """The parts of a request that a site can tell apart."""

    scheme: str
    method: str
    host: str
    """Lower case, without the port; an international name in its ASCII form."""

    target: str
    """Path and query as they were sent."""

    user_agent: str
    accepts_gzip: bool
    keep_alive: bool
    if_none_match: str = ""
    if_modified_since: str = ""


def parse_request(head: bytes, scheme: str) -> Request | None:
    """Reads a request's head; None when it is not one of an HTTP/1 client without a body."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or parts[0] not in {"GET", "HEAD"} or not parts[1].startswith("/"):
        return None
    fields = {name.lower(): value.strip() for name, _, value in (s.partition(":") for s in lines)}
    if "host" not in fields or "content-length" in fields or "transfer-encoding" in fields:
        return None
    return Request(
        scheme=scheme,
        method=parts[0],
        host=fields["host"].lower().partition(":")[0],
        target=parts[1],
        user_agent=fields.get("user-agent", ""),
        accepts_gzip="gzip" in fields.get("accept-encoding", ""),
        keep_alive=_keeps_alive(parts[2], fields.get("connection", "").lower()),
        if_none_match=fields.get("if-none-match", ""),
        if_modified_since=fields.get("if-modified-since", ""),
    )


def _keeps_alive(version: str, connection: str) -> bool:
    """https://www.rfc-editor.org/rfc/rfc9112#section-9.3."""
    return "close" not in connection if version == "HTTP/1.1" else "keep-alive" in connection
