"""Where to connect instead of where a name points: curl's `--connect-to`, for tests and staging."""

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple, Self

import idna

from scrapersky.errors import ConfigError

_SIDE = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*):(?P<port>[0-9]*)\Z")


class _Rule(NamedTuple):
    order: int
    port: int | None
    address: str
    new_port: int | None


class ConnectTo:
    """Rules `HOST:PORT=ADDRESS:PORT`, of which the first that matches wins.

    HOST is a name, an address, `*.suffix` (the names below the suffix at any depth, not the suffix
    itself), or `*`. An empty HOST or PORT matches any; an empty PORT behind ADDRESS keeps the
    port that was asked for. ADDRESS is an IPv4 address, an `[IPv6 address]` or `localhost`, which
    is 127.0.0.1.
    """

    def __init__(self) -> None:
        self._rules: defaultdict[str, list[_Rule]] = defaultdict(list)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The rules in the value of SCRAPERSKY_CONNECT_TO, parted by commas.

        Raises:
            ConfigError: a rule cannot be read; the message names it.
        """
        parsed = cls()
        rules = [rule.strip() for rule in text.split(",")]
        for order, rule in enumerate(filter(None, rules)):
            parsed._add(order, rule)
        return parsed

    def __bool__(self) -> bool:
        return bool(self._rules)

    def knows(self, host: str) -> bool:
        """Whether a rule matches the host (in ASCII), on whatever port."""
        return bool(self._rules) and any(
            pattern in self._rules for pattern in _patterns(host.lower().rstrip("."))
        )

    def lookup(self, host: str, port: int) -> tuple[str, int] | None:
        """The address and port to connect to for a host (in ASCII), or None: no rule matches."""
        if not self._rules:
            return None
        found = [
            rule
            for pattern in _patterns(host.lower().rstrip("."))
            for rule in self._rules.get(pattern, ())
            if rule.port in {None, port}
        ]
        if not found:
            return None
        first = min(found)
        return first.address, port if first.new_port is None else first.new_port

    def _add(self, order: int, rule: str) -> None:
        left, _, right = rule.partition("=")
        source, target = _SIDE.match(left.strip()), _SIDE.match(right.strip())
        if source is None or target is None:
            raise _refused(rule, "it is not HOST:PORT=ADDRESS:PORT")
        pattern = _pattern(source["host"], rule)
        address = _address(target["host"], rule)
        port, new_port = _port(source["port"], rule), _port(target["port"], rule)
        self._rules[pattern].append(_Rule(order, port, address, new_port))


def _patterns(host: str) -> Iterator[str]:
    """What a rule for this host can be filed under: `a.b`, `*.b`, `*`."""
    yield host
    yield "*"
    rest = host.partition(".")[2]
    while rest:
        yield f"*.{rest}"
        rest = rest.partition(".")[2]


def _pattern(host: str, rule: str) -> str:
    if host in {"", "*"}:
        return "*"
    if host.startswith("["):
        return _ip(host.strip("[]"), rule)
    wildcard = "*." if host.startswith("*.") else ""
    name = host.removeprefix("*.").rstrip(".")
    if not name or "*" in name:
        raise _refused(rule, "a * stands alone or before a dot at the beginning of the host")
    if name.isascii():
        return wildcard + name.lower()
    try:
        return wildcard + idna.encode(name, uts46=True, transitional=False).decode("ascii")
    except UnicodeError as error:
        raise _refused(rule, f"{name!r} is not a host name") from error


def _address(address: str, rule: str) -> str:
    if address.lower() == "localhost":
        return "127.0.0.1"
    if not address:
        raise _refused(rule, "there is no address behind the =")
    return _ip(address.strip("[]"), rule)


def _ip(address: str, rule: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError as error:
        raise _refused(rule, f"{address!r} is neither an IP address nor localhost") from error


def _port(port: str, rule: str) -> int | None:
    if not port:
        return None
    if len(port) > 5 or not 0 < int(port) < 65_536:
        raise _refused(rule, f"{port} is not a port")
    return int(port)


def _refused(rule: str, reason: str) -> ConfigError:
    return ConfigError(f"SCRAPERSKY_CONNECT_TO: the rule {rule!r} cannot be used: {reason}.")
