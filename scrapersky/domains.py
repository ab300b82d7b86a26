"""Domain names as people write them down, and what they mean to a crawler."""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import idna
from tldextract import TLDExtract
from tldextract.tldextract import ExtractResult

from scrapersky.errors import InputError

_SHOWN = 80
_LONGEST_TEXT = 10_000

# What nearly all lines of a list look like. For them nothing else needs to be looked at.
_PLAIN = re.compile(
    r"(?:https?://)?((?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})(?:/|\Z)",
    re.ASCII | re.IGNORECASE,
)
_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?[/\\]{2,}|https?:[/\\]*", re.IGNORECASE)
_AUTHORITY_END = re.compile(r"[/\\?#]")
_PORT = re.compile(r":([0-9]{0,5})\Z")
_LABEL = re.compile(r"[a-z0-9-]+\Z")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}\Z|xn--[a-z0-9-]+\Z")
_NUMBER = re.compile(r"[0-9]+\Z|0x[0-9a-f]*\Z")

_WRAPPING = " \t\r\n\f\v\u00a0\u3000\"'`<>,;\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
_TYPED = {
    # The full stops that UTS 46 (section 4, step 1) and RFC 3490 (3.1) take for a dot, and what
    # an East Asian keyboard types for the other delimiters of a URL.
    **dict.fromkeys(map(ord, "\u3002\uff0e\uff61"), "."),
    0xFF20: "@",
    0xFF1A: ":",
    0xFF0F: "/",
    # Invisible: byte order marks, zero-width spaces, soft hyphens, marks of writing direction.
    **dict.fromkeys(map(ord, "\ufeff\u200b\u00ad\u2060\u180e\u200e\u200f\u061c")),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2061, 0x2065), *range(0x2066, 0x206A)]),
}

_SPECIAL = {
    "localhost": "names under .localhost are this machine (RFC 6761)",
    "local": "names under .local exist only inside a network (RFC 6762)",
    "internal": "names under .internal exist only inside a network (reserved by ICANN)",
    "onion": "names under .onion exist only in Tor (RFC 7686)",
    "arpa": "names under .arpa are the internet's own infrastructure (RFC 3172)",
    "alt": "names under .alt are not in the DNS (RFC 9476)",
}

# The list that came with the package: no download, no cache on disk, the same on every node.
_suffixes = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class BadDomain(InputError):  # noqa: N818 - "BadDomainError" is a worse name for the same
    """A text that is not a domain.

    Attributes:
        shown: the text as it may be printed: short, printable, without what precedes an `@`,
            which may be a password.
        reason: why it is none, as a clause ("it is an IP address, not a domain").
    """

    def __init__(self, text: str, reason: str) -> None:
        self.shown = printable(text)
        self.reason = reason
        super().__init__(f"{self.shown!r} cannot be used: {reason}.")


def printable(text: str) -> str:
    """A text from outside as it may stand in a message: one short line, and no password."""
    # Whether an @ ends a name and password or not: what precedes it is nobody's business.
    text = text.replace("\uff20", "@")
    before, at, rest = text.rpartition("@")
    text = f"\u2026@{rest}" if before and at else text
    text = text.strip()[: _SHOWN + 1]
    text = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\u2026"


def clean_domain(text: str) -> str:
    """The domain that somebody means by a text, such as a cell of a spreadsheet.

    A URL is reduced to its host, an international name becomes punycode (UTS 46, non-transitional),
    and a leading `www.` goes where a registrable name remains. `.test`, `.example` and `.invalid`
    (RFC 6761) pass, and so do top-level domains newer than the bundled Public Suffix List.

    Raises:
        BadDomain: it is no domain, or none that a crawler can visit.
    """
    plain = _PLAIN.match(text)
    host = plain[1].lower() if plain and len(plain[1]) <= 253 else _host(text)
    _refuse_reserved(host, text)
    return _without_www(host)


@lru_cache(maxsize=20_000)
def registrable_domain(host: str) -> str | None:
    """The part of a host that one owner holds: `shop.example.co.uk` gives `example.co.uk`.

    Private suffixes of the Public Suffix List count, so two shops under `myshopify.com` are two
    sites; such a suffix itself (`github.io`) belongs to its operator. Where the list knows no
    suffix the last label is one (https://github.com/publicsuffix/list/wiki/Format, rule `*`).

    Returns:
        None for an IP address, a single label, or a suffix of a registry such as `co.uk`.
    """
    host = host.lower().rstrip(".")
    labels = host.split(".")
    if len(labels) < 2 or "" in labels or ":" in host or _NUMBER.match(labels[-1]):
        return None
    found = _suffixes.extract_str(host)
    if not found.suffix:
        return ".".join(labels[-2:])
    if found.domain:
        return found.top_domain_under_public_suffix
    if not found.is_private:
        return None
    return ".".join(labels[-found.registry_suffix.count(".") - 2 :])


def politeness_key(host: str) -> str:
    """The name under which requests to a host are counted: `www.` and the apex share one clock."""
    host = host.lower().rstrip(".")
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _host(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise BadDomain(text, f"it is longer than {_LONGEST_TEXT:,} characters")
    typed = text.translate(_TYPED).strip(_WRAPPING)
    if not typed:
        raise BadDomain(text, "it is empty")
    host = _without_port(_authority(typed, text), text).rstrip(".")
    host = _to_ascii(host.lower(), text).rstrip(".")
    _refuse_address(host, text)
    _refuse_bad_labels(host, text)
    return host


def _authority(typed: str, text: str) -> str:
    if typed.lower().startswith("mailto:"):
        raise BadDomain(text, "it is an e-mail address, not a domain")
    scheme = _SCHEME.match(typed)
    rest = typed[scheme.end() :] if scheme else typed
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0].strip(_WRAPPING)
    user, at, _ = authority.rpartition("@")
    if at and (scheme or ":" in user):
        raise BadDomain(text, "it carries a user name or a password, which must be taken out")
    if at:
        raise BadDomain(text, "it is an e-mail address, not a domain")
    return authority


def _without_port(authority: str, text: str) -> str:
    if _is_ipv6(authority):
        raise BadDomain(text, "it is an IP address, not a domain")
    port = _PORT.search(authority)
    host = authority[: port.start()] if port else authority
    if ":" in host or (port and int(port[1] or 0) > 65_535):
        raise BadDomain(text, "what follows the colon is not a port")
    return host


def _is_ipv6(authority: str) -> bool:
    try:
        ipaddress.IPv6Address(authority.partition("]")[0].lstrip("["))
    except ValueError:
        return False
    return True


def _to_ascii(host: str, text: str) -> str:
    if host.translate(_JOINERS).isascii():
        # Zero-width joiners mean something in some scripts (RFC 5892, appendix A), not in ASCII.
        return host.translate(_JOINERS)
    if len(host) > 253:
        raise BadDomain(text, "it is longer than 253 characters")
    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
        return ".".join(map(_ascii_label, mapped.split(".")))
    except UnicodeError as error:
        raise BadDomain(text, "it has characters that no domain name has") from error


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    if any(unicodedata.category(char) in {"So", "Sk"} for char in label):
        return _emoji_label(label)
    return idna.alabel(label).decode("ascii")


def _emoji_label(label: str) -> str:
    """IDNA 2008 knows no emoji, but a few registries sell them and resolvers look them up."""
    if not all(char.isascii() or unicodedata.category(char) in {"So", "Sk"} for char in label):
        raise UnicodeError("A label mixes emoji with letters that are not ASCII.")
    return "xn--" + label.encode("punycode").decode("ascii")


def _refuse_address(host: str, text: str) -> None:
    last = host.rpartition(".")[2]
    if not _NUMBER.match(last):
        return
    # The many ways of writing an IPv4 address: 127.1, 0x7f.1, 2130706433. A host that ends in a
    # number is an address or nothing (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    try:
        socket.inet_aton(host)
    except OSError:
        reason = "its last part is a number, so there is no top-level domain"
        raise BadDomain(text, reason) from None
    raise BadDomain(text, "it is an IP address, not a domain")


def _refuse_bad_labels(host: str, text: str) -> None:
    """RFC 1035 (2.3.4) for the lengths, RFC 1123 (2.1) for letters, digits and hyphens."""
    if len(host) > 253:
        raise BadDomain(text, "it is longer than 253 characters")
    labels = host.split(".")
    for label in labels:
        if reason := _fault(label):
            raise BadDomain(text, reason)
    if len(labels) > 1 and not _TOP_LEVEL.match(labels[-1]):
        raise BadDomain(text, f"{labels[-1]!r} is not a top-level domain")


def _fault(label: str) -> str | None:
    return next((reason for is_wrong, reason in _FAULTS if is_wrong(label)), None)


def _is_punycode(label: str) -> bool:
    try:
        idna.ulabel(label)
    except (UnicodeError, IndexError):
        return _is_old_punycode(label)
    return True


def _is_old_punycode(label: str) -> bool:
    """Whether IDNA 2003 (the codec of the standard library) reads it: emoji and older names."""
    try:
        label.encode("ascii").decode("idna")
    except (UnicodeError, IndexError):
        return False
    return True


_FAULTS: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda label: not label, "there is nothing between two of its dots, or before the first"),
    (lambda label: re.search(r"\s", label), "there is a blank in it"),
    (lambda label: "_" in label, "it has an underscore, which no name of a website has"),
    (lambda label: not _LABEL.match(label), "it has characters that no domain name has"),
    (lambda label: len(label) > 63, "a part between two dots is longer than 63 characters"),
    (lambda label: "-" in {label[0], label[-1]}, "a part of it begins or ends with a hyphen"),
    (
        lambda label: label.startswith("xn--") and not _is_punycode(label),
        "a part of it begins with xn-- and is not valid punycode",
    ),
)


def _refuse_reserved(host: str, text: str) -> None:
    first, dot, _ = host.partition(".")
    last = host.rpartition(".")[2]
    if reason := _SPECIAL.get(last):
        raise BadDomain(text, reason)
    if not dot:
        raise BadDomain(text, f"{first!r} is a single word, and a domain has at least two parts")
    found = _suffixes.extract_str(host)
    if found.suffix and not found.domain and not found.is_private:
        raise BadDomain(text, "it is a public suffix, under which others register their names")


def _without_www(host: str) -> str:
    while host.startswith("www.") and _is_registrable(host[4:]):
        host = host[4:]
    return host


def _is_registrable(host: str) -> bool:
    if "." not in host:
        return False
    found: ExtractResult = _suffixes.extract_str(host)
    return bool(found.domain)
